/**
 * The widget's files, from one source:
 *   modern/   ES modules for engines with `Array.prototype.at` (2021): what bundlers and nearly all pages load
 *   es2017/   the same for older engines that load modules (Chromium 64, Safari 11.1)
 *   server/   the same for Node, with engine.io-client outside
 *   im-chat.legacy.js   `<im-chat>` as one ES5 script with polyfills, for engines without custom elements; im-chat.css for their policies, de.json
 *                       and the like for their languages
 *   im-chat.js = loader.js = im-desk.js = im-inbox.js   the classic script behind the one tag of every page, which picks among them
 * Entries and what is fetched on demand keep their names over releases; what several of them share is named by its content (`rows.gpdj5hta.js`).
 */
import { copyFileSync, rmSync } from 'node:fs'
import nodeResolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import esbuild from 'rollup-plugin-esbuild'
import { chunkFileNames, files, listFiles, sideBySide } from './widget/build/chunks.mjs'
import { es5, oneFile } from './widget/build/es5.mjs'
import { languageFiles, notLoaded, stylesFile } from './widget/build/texts.mjs'

const OUT = 'dist/widget'
const ELEMENTS = { 'im-chat': 'widget/im-chat.ts', 'im-desk': 'widget/im-desk.ts', 'im-inbox': 'widget/im-inbox.ts' }
const input = { ...ELEMENTS, client: 'widget/client/client.ts' }

/** Reading a property of an import runs nobody's code here; believing that drops engine.io-client's unused Socket. */
const treeshake = { moduleSideEffects: (id) => !/engine\.io-/.test(id), propertyReadSideEffects: false, unknownGlobalSideEffects: false }

/** engine.io-client's `browser` map; the resolver reads such maps only of packages that have no `exports`. */
const engineForBrowsers = {
  name: 'engine-for-browsers',
  resolveId(source, importer = '') {
    if (!importer.includes('/engine.io-client/') || !source.endsWith('.node.js')) return null
    return this.resolve(source.replace('.node.js', '.js'), importer, { skipSelf: true })
  },
}
const compile = (target) => [
  engineForBrowsers,
  nodeResolve({ browser: true, exportConditions: ['browser', 'production'] }),
  // packages as well, for they choose engines of their own; `supported`: whatever loads modules has both, which es2017 does not say
  esbuild({
    include: /\.m?[jt]s$/,
    exclude: [],
    loaders: { '.mjs': 'js' },
    target,
    sourceMap: true,
    supported: { 'import-meta': true, 'dynamic-import': true },
  }),
]
/** Chromium 64 to 70 lacks what Lit asks for. The import stands first, so it runs first. */
const withPrelude = { transform: (code, id) => (/\/widget\/im-\w+\.ts$/.test(id) ? `import './legacy/prelude.ts'\n${code}` : null) }
const minify = (ecma) => terser({ ecma, module: ecma > 5, compress: { passes: 2 }, format: { comments: false } })

const withoutMachine = (path) => path.replace(/^.*\/(?=node_modules\/)/, '../../') // packages need not lie beside the sources
const emptied = (folder) => ({ name: 'emptied', buildStart: () => rmSync(`${OUT}/${folder}`, { recursive: true, force: true }) })

const moduleOutput = { format: 'es', sourcemap: true, sourcemapPathTransform: withoutMachine, hashCharacters: 'base36', chunkFileNames }
const modules = (folder, target, ecma, first = []) => ({
  input,
  treeshake,
  output: { ...moduleOutput, dir: `${OUT}/${folder}` },
  plugins: [emptied(folder), ...first, ...compile(target), minify(ecma), sideBySide, listFiles(folder, Object.keys(ELEMENTS))],
})

/**
 * For Node, with Lit's own build for it: importing an element on a server is harmless, and the client talks. Few files, because nothing is
 * downloaded there; the panel has its own, for bundlers of servers look for it.
 */
const server = {
  input,
  external: /^(engine\.io-client|node:.+)$/,
  output: {
    dir: `${OUT}/server`,
    format: 'es',
    chunkFileNames,
    manualChunks: (id) =>
      /\/(widget\/client|gateway\/protocol)\//.test(id) ? 'headless' : /\/widget\/(im-|chat\/panel\.ts$)/.test(id) ? undefined : 'elements',
  },
  plugins: [emptied('server'), nodeResolve({ exportConditions: ['node'] }), esbuild({ target: 'node20' })],
}

const script = (source, file, plugins = []) => ({
  input: source,
  treeshake,
  context: 'window',
  output: { file: `${OUT}/${file}`, format: 'iife', inlineDynamicImports: true },
  plugins: [oneFile, ...compile('es2017'), es5, ...plugins, minify(5)],
})

const loader = {
  name: 'loader',
  async transform(code, id) {
    if (id.endsWith('/widget/loader.ts')) return { code: code.replace('IM_CHAT_FILES', JSON.stringify(files)), map: null }
    return id.endsWith('/loader/stand-in.ts') ? { code: code.replace('IM_CHAT_NOT_LOADED', await notLoaded()), map: null } : null
  },
  writeBundle: () => ['loader', 'im-desk', 'im-inbox'].forEach((alias) => copyFileSync(`${OUT}/im-chat.js`, `${OUT}/${alias}.js`)),
}

export default [
  modules('modern', ['chrome92', 'safari15.4', 'firefox90'], 2020),
  modules('es2017', 'es2017', 2017, [withPrelude]),
  server,
  script('widget/legacy/im-chat.ts', 'im-chat.legacy.js', [stylesFile, languageFiles]),
  script('demo/qa/main.ts', 'im-chat.qa.js'),
  script('widget/loader.ts', 'im-chat.js', [loader]),
]
