/**
 * `im-chat.legacy.js`, for engines without custom elements (WebKit 602, Android WebViews below 54): the same element as ES5,
 * after a prelude, the web components polyfill and what Lit needs under it. Only `loader.ts` asks for it.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import nodeResolve from '@rollup/plugin-node-resolve'
import { transformAsync } from '@babel/core'
import { transform } from 'esbuild'
import esbuild from 'rollup-plugin-esbuild'

const { resolve } = createRequire(import.meta.url)
const PRELUDE = new URL('widget/legacy/prelude.ts', import.meta.url)
const POLYFILLS = ['@webcomponents/webcomponentsjs/webcomponents-bundle.js', 'lit/polyfill-support.js']

/** An ES5 script of one entry; `before` are scripts that run ahead of it as they are. */
const es5Script = ({ input, file, before = [] }) => ({
  input,
  output: { file, format: 'iife' },
  plugins: [nodeResolve({ browser: true }), esbuild({ target: 'es2017', sourceMap: false }), es5(before)],
})

/** Babel wraps HTMLElement itself, so no es5-adapter is needed; esbuild only minifies what is ES5 already. */
const es5 = (before) => ({
  name: 'es5',
  async renderChunk(code) {
    const prelude = await transform(readFileSync(PRELUDE, 'utf8'), { loader: 'ts', target: 'es2017' })
    const scripts = before.map((name) => readFileSync(resolve(name), 'utf8').replace(/\/\/# sourceMappingURL=.*/g, ''))
    return { code: [await lower(prelude.code), ...scripts, await lower(code)].join('\n'), map: null }
  },
})

async function lower(code) {
  const lowered = await transformAsync(code, {
    configFile: false, babelrc: false, compact: false, sourceType: 'script',
    presets: [[resolve('@babel/preset-env'), { targets: { ie: '11' }, modules: false }]],
  })
  return (await transform(lowered.code, { minify: true, target: 'es5', legalComments: 'none' })).code.trim()
}

export const legacyBundles = [
  es5Script({ input: 'widget/im-chat.ts', file: 'dist/widget/im-chat.legacy.js', before: POLYFILLS }),
]
