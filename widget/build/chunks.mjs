/** What the files of the widget are called, which of them are fetched together, and which the loader asks for. */

/** On demand: a language is called by its folder (`zh-cn.js`, `zh-cn-desk.js`), the panel by its PANEL_VERSION: entries of the release before fetch it, too. */
export const languageOf = (id) => /\/locales\/([\w-]+)\/(\w+)\.ts$/.exec(id ?? '')?.slice(1)
const languageName = ([language, part]) => (part === 'chat' ? language : `${language}-${part}`)
const onDemandName = ({ facadeModuleId, name }) =>
  languageOf(facadeModuleId) ? languageName(languageOf(facadeModuleId)) : name === 'panel' ? 'chat-panel-1' : name
export const chunkFileNames = (chunk) => (chunk.isDynamicEntry ? `${onDemandName(chunk)}.js` : '[name].[hash].js')

/** What a script imports that is fetched on demand is asked for beside it. A deploy may have renamed that; then the script brings its own. */
export const sideBySide = {
  name: 'side-by-side',
  renderDynamicImport({ targetModuleId, getTargetChunkImports }) {
    if (!targetModuleId?.endsWith('/chat/panel.ts')) return null
    const first = getTargetChunkImports().map(({ resolvedImportPath }) => `import(${resolvedImportPath})`)
    return { left: `([${first}].map(each=>each.catch(()=>{})),import(`, right: '))' }
  },
}

/** By build, then by entry, `panel` or language: what the loader fetches side by side. Complete when the builds have been written. */
export const files = {}
/** `elements`: the entries' names. */
export const listFiles = (folder, elements) => ({
  name: 'list-files',
  writeBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter(({ facadeModuleId }) => facadeModuleId)
    const named = (wanted) => chunks.find(({ name }) => name === wanted)
    const lists = (files[folder] = Object.fromEntries(elements.map((name) => [name, named(name).imports])))
    const panel = named('panel')
    if (panel.imports.includes('im-chat.js')) this.error('The panel imports the entry, of which a page may have another release.')
    lists.panel = [panel.fileName, ...panel.imports].filter((file) => !lists['im-chat'].includes(file))
    // of all languages only Chinese: the loader is in every page, and a table of them would be a tenth of it
    lists.zh = [named('languages').fileName, 'zh-cn.js']
  },
})
