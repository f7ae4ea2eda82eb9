/**
 * The widget's bundles. For a script tag: classic-script-safe IIFEs at es2017 with Lit and engine.io-client inside, a prelude in
 * front (Chromium 64). For bundlers and servers: ES modules that leave packages outside, so that importing them in Node is safe.
 */
import { readFileSync } from 'node:fs'
import nodeResolve from '@rollup/plugin-node-resolve'
import { transform } from 'esbuild'
import esbuild from 'rollup-plugin-esbuild'
import { minify as terser } from 'terser'
import { legacyBundles } from './rollup.legacy.mjs'
import { pieces } from './rollup.pieces.mjs'

const TARGET = 'es2017'
const ELEMENTS = ['im-chat', 'im-desk', 'im-inbox']
const MODULES = { ...Object.fromEntries(ELEMENTS.map((name) => [name, `widget/${name}.ts`])), client: 'widget/client/client.ts' }

/** CSS in templates is code to a bundler; here esbuild lowers it for old engines and minifies it as CSS. */
const lowerStyles = () => ({
  name: 'lower-styles',
  async transform(code, id) {
    if (!/\/widget\//.test(id) || !code.includes('css`')) return null
    let lowered = code
    for (const [whole, body] of code.matchAll(/\bcss`([^`]*)`/g)) {
      if (body.includes('${')) continue
      const { code: css } = await transform(body, { loader: 'css', minify: true, target: 'chrome64' })
      lowered = lowered.replace(whole, () => `css\`${css.trim().replace(/\\/g, '\\\\')}\``)
    }
    return { code: lowered, map: null }
  },
})

/** Lowers a finished script to the target, makes it classic-script-safe and minifies it. */
const finish = () => ({
  name: 'finish',
  async renderChunk(code, { isEntry }) {
    const lowered = await transform(code, {
      target: TARGET, format: isEntry ? 'iife' : 'esm', sourcemap: 'external', legalComments: 'none',
    })
    return terser(lowered.code, {
      ecma: 2017, module: !isEntry, compress: { passes: 2 }, format: { comments: false }, sourceMap: { content: lowered.map },
    })
  },
})

const prelude = async () => {
  const { code } = await transform(readFileSync('widget/legacy/prelude.ts', 'utf8'), { loader: 'ts', target: TARGET, minify: true })
  return code.trim()
}

/** Reading a property of an import runs nobody's code here; believing that drops engine.io-client's unused Socket. */
const treeshake = { moduleSideEffects: (id) => !/engine\.io-/.test(id), propertyReadSideEffects: false, unknownGlobalSideEffects: false }

/** Packages may lie elsewhere than beside the sources; where is nobody's business. */
const withoutMachine = (path) => path.replace(/^.*\/(?=node_modules\/)/, '../../')

/** engine.io-client's `browser` map; the resolver reads such maps only of packages that have no `exports`. */
const engineForBrowsers = () => ({
  name: 'engine-for-browsers',
  resolveId(source, importer = '') {
    if (!importer.includes('/engine.io-client/') || !source.endsWith('.node.js')) return null
    return this.resolve(source.replace('.node.js', '.js'), importer, { skipSelf: true })
  },
})
const forBrowsers = () => [engineForBrowsers(), nodeResolve({ browser: true, exportConditions: ['browser', 'production'] })]

const script = (name) => ({
  input: `widget/${name}.ts`,
  treeshake,
  output: {
    dir: 'dist/widget', format: 'es', sourcemap: true, entryFileNames: '[name].js', chunkFileNames: `${name}-[name]-[hash].js`,
    hashCharacters: 'base36', sourcemapPathTransform: withoutMachine,
    banner: ({ isEntry }) => (isEntry ? prelude() : ''),
  },
  plugins: [...forBrowsers(), lowerStyles(), esbuild({ target: 'es2022', sourceMap: true }), pieces(), finish()],
})

const modules = () => ({
  input: MODULES,
  external: /^(lit|@lit\/|engine\.io-client)/,
  output: { dir: 'dist/widget/esm', format: 'es', sourcemap: true, sourcemapPathTransform: withoutMachine, chunkFileNames: '[name]-[hash].js' },
  plugins: [nodeResolve(), lowerStyles(), esbuild({ target: 'es2022', sourceMap: true })],
})

const legacy = legacyBundles([...forBrowsers(), lowerStyles(), esbuild({ target: TARGET, sourceMap: true })])

export default [...ELEMENTS.map(script), modules(), ...legacy]
