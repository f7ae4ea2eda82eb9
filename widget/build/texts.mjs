/** Files that the build makes from texts and styles of the widget. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { build, transform } from 'esbuild'

/** By the first two letters of a language's tag; `tw`: traditional Chinese. */
export const notLoaded = async () => {
  const texts = Object.entries(await chatTexts()).map(([name, { launcher }]) => [name === 'zh-tw' ? 'tw' : name.slice(0, 2), launcher.notLoaded])
  return JSON.stringify(Object.fromEntries(texts))
}

/** `im-chat.css`: the element's styles as a file, for pages whose policy drops inline styles. */
export const stylesFile = {
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
export const languageFiles = {
  name: 'language-files',
  async generateBundle() {
    for (const [name, chat] of Object.entries(await chatTexts())) {
      if (name !== 'en') this.emitFile({ type: 'asset', fileName: `${name}.json`, source: JSON.stringify({ chat }) })
    }
  },
}
