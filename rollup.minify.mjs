/**
 * The last bytes: private members under short names, and every other property of ours that nobody outside a bundle can see.
 *
 * Seen from outside, and therefore kept, is every name that browsers define (TypeScript's own libraries), every name in the
 * contracts (the wire, what the client shows, the comments that document the elements), every string, and the lists below.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { transform } from 'esbuild'
import { minify as squeeze } from 'terser'

const CONTRACTS = ['gateway/protocol', 'widget/client/types.ts', 'widget/client/signal.ts']
const KEPT = [
  // in the storage, for the next version of the bundle to read
  'cuts', 'mine', 'fails', 'expiresAt',
  // languages, looked up by their tags
  'en', 'zh',
  // Engine.IO's query and handshake
  'EIO', 'sid', 'b64', 'transport', 'pingInterval', 'pingTimeout',
  // what a page may use of an element's Lit, or give to it
  'updateComplete', 'requestUpdate', 'litNonce', 'litPropertyMetadata', 'styles', 'properties', 'elementProperties',
]

const words = (text) => text.match(/[A-Za-z_$][\w$]*/g) ?? []
const read = (file) => readFileSync(file, 'utf8')
const withoutComments = (file) => read(file).replace(/\/\*[^]*?\*\/|\/\/.*/g, '')
const filesIn = (path) => (path.endsWith('.ts') ? [path] : readdirSync(path).filter((name) => name.endsWith('.ts')).map((name) => join(path, name)))

/** `lib.dom.d.ts` and its siblings lie beside TypeScript's executable. */
function ofBrowsers() {
  const typescript = createRequire(createRequire(import.meta.url).resolve('typescript/package.json'))
  const folder = dirname(typescript.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`))
  return filesIn(join(folder, 'lib')).flatMap((file) => words(withoutComments(file)))
}
const ofContracts = () => CONTRACTS.flatMap(filesIn).flatMap((file) => words(withoutComments(file)))
const ofDocumentation = () => filesIn('widget/elements').flatMap((file) => read(file).match(/\/\*\*[^]*?\*\//g) ?? []).flatMap(words)
/** A string may name a property; in templates `.name=` does. */
const ofStrings = (code) => [...code.matchAll(/(['"`])([A-Za-z_$][\w$]*)\1|\.(\w+)=\$/g)].map(([, , string, binding]) => string ?? binding)

let kept
const hidden = (code) => {
  kept ??= new Set([...ofBrowsers(), ...ofContracts(), ...ofDocumentation(), ...KEPT])
  const strings = new Set(ofStrings(code))
  return [...new Set(words(code))].filter((word) => word.length > 2 && !kept.has(word) && !strings.has(word))
}

/**
 * esbuild lowers, terser squeezes and names. Read as TypeScript for one reason: only there esbuild makes a class field a
 * plain assignment, which is what it means here.
 */
export const minify = (target) => ({
  name: 'minify',
  async renderChunk(code) {
    const lowered = await transform(code, {
      loader: 'ts', tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
      format: 'iife', minifySyntax: true, target, sourcemap: true, legalComments: 'none',
    })
    const regex = new RegExp(`^(?:${hidden(code).map((name) => name.replaceAll('$', '\\$')).join('|')})$`)
    const { code: small, map } = await squeeze(lowered.code, {
      ecma: 2017,
      compress: { passes: 9, ecma: 2017, unsafe_arrows: true, unsafe_methods: true },
      mangle: { properties: { regex, keep_quoted: true } },
      format: { comments: false, ecma: 2017 },
      sourceMap: { content: lowered.map },
    })
    return { code: small, map }
  },
})
