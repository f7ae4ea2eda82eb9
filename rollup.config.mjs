/**
 * The widget's bundles. For a script tag: classic-script-safe IIFEs at es2017 with Lit and engine.io-client inside, a prelude in
 * front (Chromium 64). For bundlers and servers: ES modules that leave packages outside, so that importing them in Node is safe.
 */
import { existsSync, readFileSync } from 'node:fs'
import nodeResolve from '@rollup/plugin-node-resolve'
import { transform } from 'esbuild'
import esbuild from 'rollup-plugin-esbuild'
import { engineForBrowsers } from './rollup.engine.mjs'
import { legacyBundles } from './rollup.legacy.mjs'
import { slimLit } from './rollup.lit.mjs'
import { lowerBriefly } from './rollup.lower.mjs'
import { minify } from './rollup.minify.mjs'
import { pieces } from './rollup.pieces.mjs'
import { visit } from './rollup.rewrite.mjs'
import { editing } from './rollup.trace.mjs'
import { unfoldClasses } from './rollup.unfold.mjs'

const TARGET = 'es2017'
const ELEMENTS = ['im-chat', 'im-desk', 'im-inbox']
const MODULES = { ...Object.fromEntries(ELEMENTS.map((name) => [name, `widget/${name}.ts`])), client: 'widget/client/client.ts' }

/** CSS in templates is code to a bundler; here it is minified and lowered as CSS. */
const minifyStyles = () => ({
  name: 'minify-styles',
  async transform(code, id) {
    if (!/\/widget\//.test(id) || !code.includes('css`')) return null
    const text = editing(code)
    for (const [whole, body] of code.matchAll(/\bcss`([^`]*)`/g)) {
      if (body.includes('${')) continue
      const { code: css } = await transform(body, { loader: 'css', minify: true, target: 'chrome64' })
      text.replace(whole, () => `css\`${css.trim().replace(/\\/g, '\\\\')}\``)
    }
    return text.result()
  },
})

const withoutBreaks = (text) =>
  text.replace(/^\s*\n\s*(?=<|$)/, '').replace(/>\s*\n\s*/g, '>').replace(/\s*\n\s*</g, '<').replace(/\s*\n\s*/g, ' ')

/** Line breaks beside tags are not content in any of our templates. After `compile`: it reads JavaScript. */
const minifyTemplates = () => ({
  name: 'minify-templates',
  transform(code, id) {
    if (!/\/widget\/(parts|elements)\//.test(id)) return null
    const pieces = []
    visit(this.parse(code), (node) => {
      if (node.type !== 'TaggedTemplateExpression' || !/^(html|svg)$/.test(node.tag.name)) return
      let before = ''
      for (const { start, end, value } of node.quasi.quasis) {
        // between an attribute's value and what follows in the same tag a space has to stay
        const isInTag = before.lastIndexOf('<') > before.lastIndexOf('>')
        pieces.push({ start, end, text: isInTag && value.raw.trim() === '' && value.raw !== '' ? ' ' : withoutBreaks(value.raw) })
        before += value.raw
      }
    })
    const template = editing(code)
    for (const { start, end, text } of pieces.sort((a, b) => b.start - a.start)) template.put(start, end, text)
    return template.result()
  },
})

const prelude = async () => {
  const { code } = await transform(readFileSync('widget/legacy/prelude.ts', 'utf8'), { loader: 'ts', target: TARGET, minify: true })
  return code.trim()
}

const compile = (target) => esbuild({ target, sourceMap: true })

/** Reading a property of an import runs nobody's code here; believing that drops engine.io-client's unused Socket. */
const treeshake = { moduleSideEffects: (id) => !/engine\.io-/.test(id), propertyReadSideEffects: false, unknownGlobalSideEffects: false }

/** Packages may lie elsewhere than beside the sources; where is nobody's business. */
const withoutMachine = (path) => path.replace(/^.*\/(?=node_modules\/)/, '../../')

const script = (name) => ({
  input: `widget/${name}.ts`,
  treeshake,
  output: {
    dir: 'dist/widget', format: 'es', sourcemap: true, entryFileNames: '[name].js', chunkFileNames: `${name}-[name]-[hash].js`,
    hashCharacters: 'base36', sourcemapPathTransform: withoutMachine,
    banner: ({ isEntry }) => (isEntry ? prelude() : ''),
  },
  plugins: [
    ...(name === 'im-chat' ? [slimLit()] : []), engineForBrowsers(), resolveForBrowsers(), minifyStyles(), compile('esnext'),
    minifyTemplates(), unfoldClasses(), pieces(), lowerBriefly(),
    minify({ target: TARGET, areNamesShort: name === 'im-chat' }),
  ],
})

const modules = () => ({
  input: Object.fromEntries(Object.entries(MODULES).filter(([, file]) => existsSync(file))),
  external: /^(lit|@lit\/|engine\.io-client)/,
  output: { dir: 'dist/widget/esm', format: 'es', sourcemap: true, sourcemapPathTransform: withoutMachine, chunkFileNames: '[name]-[hash].js' },
  plugins: [nodeResolve(), minifyStyles(), compile('es2022')],
})

const scripts = ELEMENTS.filter((name) => existsSync(`widget/${name}.ts`))
const resolveForBrowsers = () => nodeResolve({ browser: true, exportConditions: ['browser', 'production'] })
const legacy = legacyBundles([engineForBrowsers(), resolveForBrowsers(), minifyStyles(), compile(TARGET), minifyTemplates()])

export default [...scripts.map(script), modules(), ...legacy]
