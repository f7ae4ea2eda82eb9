/**
 * engine.io-client as browsers get it, without what this gateway never says or our options (client/transports/engine-io.ts) never
 * ask for: WebTransport (0.9 kB brotli), binary packets, other runtimes, upgrades. Each cut is looked for, so that a new version of the
 * package which has it no longer ends the build instead of passing for what it was.
 */
import { editing } from './rollup.trace.mjs'

const MODULES = [
  [/engine\.io-client.*webtransport\.js$/, 'export class WT {}'],
  [/engine\.io-parser.*encodePacket(\.browser)?\.js$/, `
    import { PACKET_TYPES } from './commons.js'
    export const encodePacket = ({ type, data }, _, callback) => callback(PACKET_TYPES[type] + (data || ''))
    export const encodePacketToBinary = null`],
  [/engine\.io-parser.*decodePacket(\.browser)?\.js$/, `
    import { ERROR_PACKET, PACKET_TYPES_REVERSE } from './commons.js'
    export const decodePacket = (text) => {
      const type = PACKET_TYPES_REVERSE[text[0]]
      return type ? { type, data: text.slice(1) } : ERROR_PACKET
    }`],
  // Each event of a transport has one listener here; `open`, the only one waited for once, happens once.
  [/@socket\.io\/component-emitter.*index\.js$/, `
    export class Emitter {
      constructor() { this.off() }
      off() { this.heard = {} }
      on(event, run) { this.heard[event] = run }
      once(event, run) { this.on(event, run) }
      emitReserved(event, data) {
        const run = this.heard[event]
        if (run) run(data)
      }
    }`],
]

const CUTS = [
  [/transports\/polling\.js$/, [
    [/\n {4}pause\(onPause\) \{[^]*?\n {4}\}/], ['!this.supportsBinary && !query.sid', 'false'],
    ['false !== this.opts.timestampRequests', 'true'], ['this.query || {}', 'this.query'],
  ]],
  [/transports\/polling-fetch\.js$/, [
    ['this.opts.extraHeaders'], [/\(_a = this\.socket\._cookieJar\).*;/], [/\/\/ @ts-ignore.*\n.*\(_a = this.*;/], [/\n +doPoll\(\) \{[^]*?\n {4}\}/],
  ]],
  [/transports\/websocket\.js$/, [
    ['this.opts.protocols', 'undefined'], ['if (this.opts.extraHeaders)', 'if (false)'], ['if (this.opts.autoUnref)', 'if (false)'],
    [/typeof navigator !== "undefined" &&[^]*?"reactnative"/, 'false'], [/: pick\([^]*?\);/, ': undefined;'], ['this.opts.timestampRequests', 'true'],
    ['!this.supportsBinary', 'false'], ['this.query || {}', 'this.query'], [' || globalThis.MozWebSocket'],
  ]],
  [/engine\.io-client.*esm\/transport\.js$/, [
    ['installTimerFunctions(this, opts);', 'this.setTimeoutFn = (run) => setTimeout(run);'], [/\n +this\.supportsBinary = .*/], [/\n +pause\(onPause\) \{ \}/],
  ]],
]

/** The package's `browser` map by hand, and the cuts. */
export const engineForBrowsers = () => ({
  name: 'engine-for-browsers',
  resolveId(source, importer) {
    if (!/engine\.io-client/.test(importer ?? '') || !source.endsWith('.node.js')) return null
    return this.resolve(source.replace('.node.js', '.js'), importer, { skipSelf: true })
  },
  load: (id) => MODULES.find(([file]) => file.test(id))?.[1] ?? null,
  transform(code, id) {
    const cuts = /engine\.io-client/.test(id) && CUTS.find(([file]) => file.test(id))?.[1]
    if (!cuts) return null
    const text = editing(code)
    for (const [what, instead = ''] of cuts) if (!text.replace(what, instead)) this.error(`${id} no longer has ${what}`)
    return text.result()
  },
})
