/**
 * What has to run on engines of before 2017, as ES5: the loader, which decides who gets what; `im-chat.legacy.js`, for engines
 * without custom elements (WebKit 602, Android WebViews below 54); and the demo's QA page, whose patients are the old ones.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { transformAsync } from '@babel/core'
import { build, transform } from 'esbuild'

const { resolve } = createRequire(import.meta.url)
const POLYFILLS = ['@webcomponents/webcomponentsjs/webcomponents-bundle.js', 'lit/polyfill-support.js']

/** `plugins`: how the rest of the widget is compiled, down to es2017. */
export const legacyBundles = (plugins) => [
  script({ input: 'widget/loader.ts', file: 'dist/widget/loader.js', plugins }),
  script({ input: 'demo/qa/main.ts', file: 'dist/widget/im-chat.qa.js', plugins }),
  script({ input: 'widget/im-chat.ts', file: 'dist/widget/im-chat.legacy.js', plugins: [pollingOnly(), ...plugins, stylesFile()], hasElement: true }),
]

const script = ({ input, file, plugins, hasElement = false }) => ({
  input,
  output: { file, format: 'iife', inlineDynamicImports: true },
  plugins: [...plugins, es5({ hasElement })],
})

/** Babel wraps HTMLElement itself, so no es5-adapter is needed; esbuild only minifies what is ES5 already. */
const es5 = ({ hasElement }) => ({
  name: 'es5',
  async renderChunk(code) {
    if (!hasElement) return { code: await lower(code), map: null }
    const preludes = await Promise.all(['prelude', 'gaps', 'fetch'].map((name) => `widget/legacy/${name}.ts`).map(readScript))
    const polyfills = POLYFILLS.map((name) => readFileSync(resolve(name), 'utf8').replace(/\/\/# sourceMappingURL=.*/g, ''))
    return { code: [await lower(preludes.join('\n')), ...polyfills, await lower(code)].join('\n'), map: null }
  },
})

const readScript = async (file) => (await transform(readFileSync(file, 'utf8'), { loader: 'ts', target: 'es2017' })).code

async function lower(code) {
  const lowered = await transformAsync(code, {
    configFile: false, babelrc: false, compact: false, sourceType: 'script', plugins: [renameClassLikeMethod],
    presets: [[resolve('@babel/preset-env'), { targets: { ie: '11' }, modules: false }]],
  })
  return (await transform(lowered.code, { minify: true, target: 'es5', legalComments: 'none' })).code.trim()
}

/** Babel 7 loses the name of a class that has a method of the same name, as minified ones have: `k` becomes an unknown `_k`. */
const renameClassLikeMethod = () => ({
  visitor: {
    Program: (program) => program.traverse({
      Class(path) {
        const name = path.node.id?.name
        if (!name || !path.node.body.body.some((member) => member.key?.name === name)) return
        const scope = path.isClassDeclaration() ? path.scope.parent : path.scope
        scope.rename(name, scope.generateUid(`${name}Class`))
      },
    }),
  },
})

/** `im-chat.css`, what the element's styles add up to, for pages whose CSP drops inline styles; see controllers/style-link.ts. */
const stylesFile = () => ({
  name: 'styles-file',
  async generateBundle() {
    const options = { entryPoints: ['widget/chat/chat-styles.ts'], bundle: true, format: 'esm', platform: 'node', write: false }
    const { outputFiles } = await build(options)
    const { chatStyles } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
    const css = chatStyles.map(({ cssText }) => cssText).join('\n')
    this.emitFile({ type: 'asset', fileName: 'im-chat.css', source: (await transform(css, { loader: 'css', minify: true, target: 'chrome64' })).code })
  },
})

/** WebSockets of that age speak drafts, hang, or lack; what has to work there is the request. */
const pollingOnly = () => ({
  name: 'polling-only',
  transform(code, id) {
    if (!id.endsWith('/client/transports/engine-io.ts')) return null
    const without = code.replace(/^\s*\{ name: 'websocket'.*\n/m, '')
    if (without === code) throw new Error('rollup.legacy.mjs: engine-io.ts no longer has the WebSocket on a line of its own')
    return { code: without, map: null }
  },
})
