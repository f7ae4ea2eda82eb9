/** One script for engines that know neither modules nor classes. */
import babel from '@rollup/plugin-babel'
import { languageOf } from './chunks.mjs'

/** Babel 7 loses the name of a class that has a method of the same name, as those of Lit's minified build have: `k` becomes an unknown `_k`. */
function Class(path) {
  const { id, body } = path.node
  const scope = path.isClassDeclaration() ? path.scope.parent : path.scope
  if (id && body.body.some(({ key }) => key?.name === id.name)) scope.rename(id.name, scope.generateUid(`${id.name}Class`))
}

/**
 * What is left of `import()` where everything is in one script: the engines that need it cannot even parse `import()`. A language stays a file of its own
 * (legacy/fetch-language.ts); nothing else is fetched.
 */
export const oneFile = {
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
export const es5 = babel({ ...ie11, babelHelpers: 'bundled', extensions: ['.ts', '.js', '.mjs'], exclude: /webcomponents-bundle|core-js/ })
