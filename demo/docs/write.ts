/** Writes the docs as a site into a folder, of the repository in another. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Repository } from './repository.ts'
import { makeSite } from './site.ts'

export const repositoryIn = (root: string): Repository => ({
  read: (file) => readFileSync(join(root, file), 'utf8'),
  isFile: (file) => existsSync(join(root, file)) && statSync(join(root, file)).isFile(),
  list: (folder) =>
    existsSync(join(root, folder)) && statSync(join(root, folder)).isDirectory() ? readdirSync(join(root, folder)).sort() : undefined,
})

/** Where only a part of the repository is there, as in the image of a container, links to the rest become text. */
export function writeSite(root: string, to: string): void {
  const { files, copies } = makeSite(repositoryIn(root))
  for (const [place, text] of files) writeFileSync(placed(to, place), text)
  for (const [place, file] of copies) copyFileSync(join(root, file), placed(to, place))
}

function placed(to: string, place: string): string {
  const file = join(to, place)
  mkdirSync(dirname(file), { recursive: true })
  return file
}
