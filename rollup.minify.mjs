/**
 * The last bytes: esbuild lowers, terser squeezes and gives short names, also to properties that nobody outside a script and its
 * pieces can see. Seen from outside, and therefore kept, is what stands in one of the places below; nothing else is.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { transform } from 'esbuild'
import { minify as squeeze } from 'terser'

/** The wire, the words of a host app, the storage, and what a page may hold: the client it made, the signals in it. */
const CONTRACTS = ['gateway/protocol', 'widget/bridge', 'widget/client/types.ts', 'widget/client/signal.ts', 'widget/client/kept.ts']
const KEPT = [
  // Engine.IO's query and handshake
  'EIO', 'sid', 'transport', 'pingInterval', 'pingTimeout',
  // languages, looked up by their tags
  'en', 'zh',
  // what browsers call on an element's class and TypeScript's libraries do not name
  'connectedCallback', 'disconnectedCallback', 'adoptedCallback', 'attributeChangedCallback', 'observedAttributes',
  // what a page may use of Lit's
  'updateComplete', 'requestUpdate', 'litNonce',
]

const words = (text) => text.match(/[A-Za-z_$][\w$]*/g) ?? []
const read = (file) => readFileSync(file, 'utf8')
const code = (file) => read(file).replace(/\/\*[^]*?\*\/|\/\/.*/g, '')
const filesIn = (path) =>
  (path.endsWith('.ts') ? [path] : readdirSync(path, { recursive: true }).filter((name) => name.endsWith('.ts')).map((name) => join(path, name)))

/** `lib.dom.d.ts` and its siblings lie beside TypeScript's executable; terser knows some more by itself. */
function ofBrowsers() {
  const typescript = createRequire(createRequire(import.meta.url).resolve('typescript/package.json'))
  const folder = dirname(typescript.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`))
  return filesIn(join(folder, 'lib')).flatMap((file) => words(code(file)))
}
const ofContracts = () => CONTRACTS.flatMap(filesIn).flatMap((file) => words(code(file)))
/** An element's comments are its documentation: properties, events and their details. */
const ofDocumentation = () => filesIn('widget/elements').flatMap((file) => read(file).match(/\/\*\*[^]*?\*\//g) ?? []).flatMap(words)
/** A string may name a property; in templates `.name=` does. */
const ofStrings = () => filesIn('widget').flatMap((file) =>
  [...code(file).matchAll(/(['"`])([A-Za-z_$][\w$]*)\1|\.(\w+)=\$/g)].map(([, , string, binding]) => string ?? binding))

const OURS = /^im\$/

let kept
/** One for all scripts: a piece and its script, and two of ours in one page, call a thing by one name. */
const nameCache = {}
let turn = Promise.resolve()

/** Read as TypeScript for one reason: only there esbuild makes a class field a plain assignment, which is what it means here. */
async function shrink(code, { target, areNamesShort }, { isEntry }, exports) {
  const lowered = await transform(code, {
    loader: 'ts', tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    format: isEntry ? 'iife' : 'esm', minifySyntax: true, target, sourcemap: true, legalComments: 'none',
  })
  kept ??= [...new Set([...ofBrowsers(), ...ofContracts(), ...ofDocumentation(), ...ofStrings(), ...KEPT])]
  return squeeze(lowered.code, {
    ecma: 2017, module: !isEntry, nameCache,
    compress: { passes: 9, ecma: 2017, unsafe_arrows: true, unsafe_methods: true },
    mangle: { properties: { reserved: [...kept, ...exports], keep_quoted: true, ...(areNamesShort ? {} : { regex: OURS }) } },
    format: { comments: false, ecma: 2017 },
    sourceMap: { content: lowered.map },
  })
}

/** `areNamesShort`: for a script that is counted in bytes; else only the private names of `unfoldClasses` are shortened. */
export const minify = (options) => ({
  name: 'minify',
  renderChunk(code, chunk, _output, { chunks }) {
    const exports = Object.values(chunks).flatMap((each) => each.exports)
    return (turn = turn.then(() => shrink(code, options, chunk, exports)))
  },
})
