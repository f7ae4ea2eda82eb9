/**
 * What each source file imports, and whether as code (present at run time) or as a type (erased).
 * esbuild says exactly what is left as code; any other target after `from` or in `import(…)` is a type.
 */
import { build } from 'esbuild'
import { posix } from 'node:path'

export interface Import {
  /** `gateway/protocol/codes.ts` for our own, else the package's or builtin's bare name (`lit`, `node:fs`). */
  readonly target: string
  readonly isOurs: boolean
  readonly as: 'code' | 'type'
}

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
const SPECIFIER = /(?<!['"`])\b(?:from\s*|import\s*\(?\s*)(['"])([\w@./:-]+)\1/g

/** Blanks comments, keeps strings and line numbers. */
export const withoutComments = (source: string): string =>
  source.replace(COMMENT_OR_STRING, (found) => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found))

/** `files` are paths relative to `root`, with their texts. */
export async function readImports(root: string, files: ReadonlyMap<string, string>): Promise<Map<string, readonly Import[]>> {
  const code = await codeSpecifiers(root, [...files.keys()])
  const imports = new Map<string, readonly Import[]>()
  for (const [file, source] of files) {
    const asCode = code.get(file) ?? new Set()
    const all = new Set([...asCode, ...namedSpecifiers(source)])
    imports.set(
      file,
      [...all].map((specifier) => resolved(file, specifier, asCode.has(specifier) ? 'code' : 'type')),
    )
  }
  return imports
}

function* namedSpecifiers(source: string): Iterable<string> {
  for (const found of withoutComments(source).matchAll(SPECIFIER)) yield found[2]!
}

async function codeSpecifiers(root: string, files: readonly string[]): Promise<Map<string, Set<string>>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...files],
    outdir: 'unused',
    write: false,
    bundle: true,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [
      {
        name: 'every import stays outside',
        setup: ({ onResolve }) => onResolve({ filter: /.*/ }, ({ kind, path }) => (kind === 'entry-point' ? undefined : { path, external: true })),
      },
    ],
  })
  return new Map(Object.entries(metafile.inputs).map(([file, { imports }]) => [file, new Set(imports.map(({ path }) => path))]))
}

function resolved(file: string, specifier: string, as: 'code' | 'type'): Import {
  if (specifier.startsWith('.')) return { target: posix.join(posix.dirname(file), specifier), isOurs: true, as }
  const parts = specifier.split('/')
  const target = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!
  return { target, isOurs: false, as }
}
