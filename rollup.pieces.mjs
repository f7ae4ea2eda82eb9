/**
 * What `import()` in the sources becomes in the script bundles: pieces beside the script, ES modules of their own named by
 * their content, so that a script only ever meets the pieces it was built with.
 */
import { readdirSync, rmSync } from 'node:fs'

const PIECE = /-[a-z0-9]{8}\.js(\.map)?$/

/**
 * `import()` in a classic script of another origin has no address to start from (its base is about:blank), so the script's own is
 * put in front. A browser remembers a failed import by its address for as long as the page lives: after a failure the next gets another.
 */
const FETCH_PIECE = `
  const pieceBase = document.currentScript ? document.currentScript.src.replace(/[^/]*$/, '') : ''
  let failedPieces = 0
  const fetchPiece = (file) => import(pieceBase + file + (failedPieces ? '?' + failedPieces : '')).catch((error) => {
    failedPieces++
    throw error
  });
`

export const pieces = () => ({
  name: 'pieces',
  intro: ({ isEntry, dynamicImports }) => (isEntry && dynamicImports.length ? FETCH_PIECE : ''),
  renderDynamicImport: () => ({ left: 'fetchPiece(', right: ')' }),
  generateBundle(_options, bundle) {
    for (const { fileName, isEntry, imports, exports } of Object.values(bundle)) {
      const isTied = isEntry ? exports?.length : imports?.length
      if (isTied) this.error(`${fileName} and another script share code; a piece may import nothing, or there would be two of it`)
    }
  },
  /** What earlier builds left. */
  writeBundle({ dir }, bundle) {
    const names = Object.values(bundle).filter(({ isEntry }) => isEntry).map(({ name }) => `${name}-`)
    for (const file of readdirSync(dir)) {
      if (!PIECE.test(file) || !names.some((name) => file.startsWith(name)) || file.replace(/\.map$/, '') in bundle) continue
      rmSync(`${dir}/${file}`)
    }
  },
})
