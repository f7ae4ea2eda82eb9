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
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import babel from '@rollup/plugin-babel'
import nodeResolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { build, transform } from 'esbuild'
import esbuild from 'rollup-plugin-esbuild'

const OUT = 'dist/widget'
const ELEMENTS = { 'im-chat': 'widget/im-chat.ts', 'im-desk': 'widget/im-desk.ts', 'im-inbox': 'widget/im-inbox.ts' }
const input = { ...ELEMENTS, client: 'widget/client/client.ts' }

/** On demand: a language is called by its folder (`zh-cn.js`, `zh-cn-desk.js`), the panel by its PANEL_VERSION: entries of the release before fetch it, too. */
const languageOf = (id) => /\/locales\/([\w-]+)\/(\w+)\.ts$/.exec(id ?? '')?.slice(1)
const languageName = ([language, part]) => (part === 'chat' ? language : `${language}-${part}`)
const onDemandName = ({ facadeModuleId, name }) =>
  languageOf(facadeModuleId) ? languageName(languageOf(facadeModuleId)) : name === 'panel' ? 'chat-panel-1' : name
const chunkFileNames = (chunk) => (chunk.isDynamicEntry ? `${onDemandName(chunk)}.js` : '[name].[hash].js')

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

/** What a script imports that is fetched on demand is asked for beside it. A deploy may have renamed that; then the script brings its own. */
const sideBySide = {
  name: 'side-by-side',
  renderDynamicImport({ targetModuleId, getTargetChunkImports }) {
    if (!targetModuleId?.endsWith('/chat/panel.ts')) return null
    const first = getTargetChunkImports().map(({ resolvedImportPath }) => `import(${resolvedImportPath})`)
    return { left: `([${first}].map(each=>each.catch(()=>{})),import(`, right: '))' }
  },
}

const files = {} // by build, then by entry, `panel` or language: what the loader fetches side by side
const listFiles = (folder) => ({
  name: 'list-files',
  writeBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter(({ facadeModuleId }) => facadeModuleId)
    const named = (wanted) => chunks.find(({ name }) => name === wanted)
    const lists = (files[folder] = Object.fromEntries(Object.keys(ELEMENTS).map((name) => [name, named(name).imports])))
    const panel = named('panel')
    if (panel.imports.includes('im-chat.js')) this.error('The panel imports the entry, of which a page may have another release.')
    lists.panel = [panel.fileName, ...panel.imports].filter((file) => !lists['im-chat'].includes(file))
    // of all languages only Chinese: the loader is in every page, and a table of them would be a tenth of it
    lists.zh = [named('languages').fileName, 'zh-cn.js']
  },
})

const moduleOutput = { format: 'es', sourcemap: true, sourcemapPathTransform: withoutMachine, hashCharacters: 'base36', chunkFileNames }
const modules = (folder, target, ecma, first = []) => ({
  input,
  treeshake,
  output: { ...moduleOutput, dir: `${OUT}/${folder}` },
  plugins: [emptied(folder), ...first, ...compile(target), minify(ecma), sideBySide, listFiles(folder)],
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

/** Babel 7 loses the name of a class that has a method of the same name, as those of Lit's minified build have: `k` becomes an unknown `_k`. */
function Class(path) {
  const { id, body } = path.node
  const scope = path.isClassDeclaration() ? path.scope.parent : path.scope
  if (id && body.body.some(({ key }) => key?.name === id.name)) scope.rename(id.name, scope.generateUid(`${id.name}Class`))
}

/**
 * What is left of `import()` where everything is in one script: engines that need it cannot even read the word. A language stays a file of its own
 * (legacy/file.ts); nothing else is fetched.
 */
const oneFile = {
  name: 'one-file',
  resolveDynamicImport: (id) => (languageOf(id) ? { id: `${languageOf(id)[0]}.json`, external: true } : null),
  renderDynamicImport: ({ moduleId }) => ({ left: moduleId.endsWith('/languages.ts') ? 'imChatFile(' : 'Promise.reject(', right: ')' }),
}

/** Babel wraps HTMLElement itself, so no adapter of the polyfill's is needed. */
const ie11 = {
  assumptions: { ignoreToPrimitiveHint: true },
  plugins: [{ visitor: { Class } }],
  presets: [['@babel/preset-env', { targets: { ie: '11' } }]],
}
const es5 = babel({ ...ie11, babelHelpers: 'bundled', extensions: ['.ts', '.js', '.mjs'], exclude: /webcomponents-bundle|core-js/ })

const script = (source, file, plugins = []) => ({
  input: source,
  treeshake,
  context: 'window',
  output: { file: `${OUT}/${file}`, format: 'iife', inlineDynamicImports: true },
  plugins: [oneFile, ...compile('es2017'), es5, ...plugins, minify(5)],
})

/** By the first two letters of a language's tag; `tw`: traditional Chinese. */
const notLoaded = async () => {
  const texts = Object.entries(await chatTexts()).map(([name, { launcher }]) => [name === 'zh-tw' ? 'tw' : name.slice(0, 2), launcher.notLoaded])
  return JSON.stringify(Object.fromEntries(texts))
}

const loader = {
  name: 'loader',
  async transform(code, id) {
    if (id.endsWith('/widget/loader.ts')) return { code: code.replace('IM_CHAT_FILES', JSON.stringify(files)), map: null }
    return id.endsWith('/loader/stand-in.ts') ? { code: code.replace('IM_CHAT_NOT_LOADED', await notLoaded()), map: null } : null
  },
  writeBundle: () => ['loader', 'im-desk', 'im-inbox'].forEach((alias) => copyFileSync(`${OUT}/im-chat.js`, `${OUT}/${alias}.js`)),
}

/** `im-chat.css`: the element's styles as a file, for pages whose policy drops inline styles. */
const stylesFile = {
  name: 'styles-file',
  async generateBundle() {
    const bundle = await build({ entryPoints: ['widget/legacy/all-styles.ts'], bundle: true, format: 'esm', platform: 'node', write: false })
    const { allStyles } = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`)
    const { code } = await transform(allStyles.map(({ cssText }) => cssText).join('\n'), { loader: 'css', minify: true, target: 'chrome64' })
    this.emitFile({ type: 'asset', fileName: 'im-chat.css', source: code })
  },
}

const LANGUAGES = readdirSync('widget/locales').filter((name) => existsSync(`widget/locales/${name}/chat.ts`))

/** The texts of `<im-chat>` by the folder of each language. */
async function chatTexts() {
  const entryPoints = LANGUAGES.map((name) => `widget/locales/${name}/chat.ts`)
  const { outputFiles } = await build({ entryPoints, outdir: '.', outbase: 'widget/locales', bundle: true, format: 'esm', write: false })
  const texts = outputFiles.map(async ({ contents, path }) => {
    const { chat } = await import(`data:text/javascript;base64,${Buffer.from(contents).toString('base64')}`)
    return [basename(dirname(path)), chat]
  })
  return Object.fromEntries(await Promise.all(texts))
}

/** `de.json`: the texts of `<im-chat>` in each language, for the legacy script. */
const languageFiles = {
  name: 'language-files',
  async generateBundle() {
    for (const [name, chat] of Object.entries(await chatTexts())) {
      if (name !== 'en') this.emitFile({ type: 'asset', fileName: `${name}.json`, source: JSON.stringify({ chat }) })
    }
  },
}

export default [
  modules('modern', ['chrome92', 'safari15.4', 'firefox90'], 2020),
  modules('es2017', 'es2017', 2017, [withPrelude]),
  server,
  script('widget/legacy/im-chat.ts', 'im-chat.legacy.js', [stylesFile, languageFiles]),
  script('demo/qa/main.ts', 'im-chat.qa.js'),
  script('widget/loader.ts', 'im-chat.js', [loader]),
]
