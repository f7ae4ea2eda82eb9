/**
 * `npm run packages`: makes the two packages that are published, from one source, in dist/packages or the folder that is given:
 *   im-chat           the elements and the headless client, for pages: modules, types, what editors read
 *   im-chat-gateway   the gateway, with everything it serves
 * Their package.json are parts of that of the clone. docs/decisions/0041-two-packages.md says why.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const OUT = resolve(process.argv[2] ?? join(ROOT, 'dist/packages'))
const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
/** What the package for pages needs, on a server alone: for browsers it is in the bundle. */
const OF_PAGES = ['engine.io-client']
/** Packages whose types are replaced by the few that are used: widget/bundled-types. */
const BUNDLED_TYPES = ['lit', 'typebox']
const FRAMEWORKS = ['react', 'vue', 'svelte', 'solid']
const COMMON = ['version', 'keywords', 'license', 'type', 'engines']
/** What only a clone uses. */
const OF_CLONES = /^demo\/((build|dev|npm-start|packages|uncached)\.mjs$|docs\/|playground\/)/

const ENTRIES = ['im-chat', 'im-desk', 'im-inbox', 'client/client', 'frameworks/markup'].map((name) => `dist/types/widget/${name}.d.ts`)
const isCompressed = (name) => /\.(br|gz)$/.test(name)
const some = (table, isWanted) => Object.fromEntries(Object.entries(table).filter(([name]) => isWanted(name)))

rmSync(OUT, { recursive: true, force: true })
makeWidget(join(OUT, 'im-chat'))
makeGateway(join(OUT, 'im-chat-gateway'))

function makeWidget(folder) {
  copy(folder, 'dist/widget/modern', (name) => !name.endsWith('.map') && !isCompressed(name))
  copy(folder, 'dist/widget/server', (name) => !isCompressed(name))
  for (const file of reachable(ENTRIES)) writeTypes(folder, file, file)
  for (const name of FRAMEWORKS) writeTypes(folder, `widget/frameworks/${name}.d.ts`, `dist/types/widget/frameworks/${name}.d.ts`)
  for (const name of BUNDLED_TYPES) writeTypes(folder, `widget/bundled-types/${name}.d.ts`, `dist/types/${name}.d.ts`)
  write(folder, 'dist/types-only.js', 'export {}\n')
  for (const name of ['custom-elements.json', 'vscode.html-custom-data.json', 'web-types.json']) copyFile(folder, `dist/${name}`)
  for (const name of ['LICENSE', 'CHANGELOG.md', 'docs/elements.md', 'docs/languages.md']) copyFile(folder, name)
  copyFile(folder, 'gateway/protocol/README.md', 'PROTOCOL.md')
  copyFile(folder, 'widget/README.md', 'README.md')
  copyFile(folder, 'demo/gateway-command.mjs', 'gateway-command.mjs')
  chmodSync(join(folder, 'gateway-command.mjs'), 0o755)
  const notices = noticesOf('dist/widget/modern')
  write(folder, 'THIRD-PARTY.md', notices)
  writeManifest(folder, {
    name: 'im-chat',
    description: 'A chat that works on phones, as custom elements, and a headless client for it.',
    bin: { 'im-chat': 'gateway-command.mjs' },
    sideEffects: ['./dist/widget/**/im-*.js', './dist/widget/**/panel*.js', './dist/widget/**/chat-panel*.js'],
    exports: root.exports,
    // a page of a CDN takes a module; the gateway serves the script that picks a build for older engines
    unpkg: './dist/widget/modern/im-chat.js',
    jsdelivr: './dist/widget/modern/im-chat.js',
    customElements: 'dist/custom-elements.json',
    'web-types': './dist/web-types.json',
    dependencies: some(root.dependencies, (name) => OF_PAGES.includes(name)),
  })
}

function makeGateway(folder) {
  copy(folder, 'dist/gateway', (name) => !name.endsWith('.map'))
  copy(folder, 'dist/widget', (name) => !name.startsWith('server/') && !/\.map(\.|$)/.test(name))
  copy(folder, 'demo', (name) => !OF_CLONES.test(`demo/${name}`) && name !== 'gateway-command.mjs')
  copy(folder, 'dist/pages', () => true)
  copy(folder, 'docs', (name) => !/^(decisions|pictures)\//.test(name))
  for (const name of ['LICENSE', 'CHANGELOG.md']) copyFile(folder, name)
  copyFile(folder, 'gateway/README.md', 'README.md')
  copyFile(folder, 'gateway/protocol/README.md', 'PROTOCOL.md')
  write(folder, 'THIRD-PARTY.md', noticesOf('dist/widget/modern'))
  writeManifest(folder, {
    name: 'im-chat-gateway',
    description: 'The gateway of im-chat: a command, and a Fastify plugin.',
    bin: { 'im-chat-gateway': 'dist/gateway/main.js' },
    exports: {
      '.': { types: './dist/gateway/plugin.d.ts', default: './dist/gateway/plugin.js' },
      './main': './dist/gateway/main.js',
      './package.json': './package.json',
    },
    dependencies: some(root.dependencies, (name) => !['engine.io-client', 'lit', 'linkify-it'].includes(name)),
  })
}

/** The declarations that the entries import, and those that these import: the compiler writes one for each file it has read. */
function reachable(files, found = new Set()) {
  for (const file of files) {
    if (found.has(file)) continue
    found.add(file)
    const imported = readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import)\s{0,9}\(?\s{0,9}["'](\.[^"']{1,300})["']/g)
    reachable(
      [...imported].map(([, path]) => posix.join(posix.dirname(file), path).replace(/\.(ts|js)$/, '.d.ts')),
      found,
    )
  }
  return found
}

/** Declarations whose imports name files as they are published, and bundled types in place of packages. */
function writeTypes(folder, from, to) {
  const up = posix.relative(posix.dirname(to), 'dist/types') || '.'
  const text = readFileSync(join(ROOT, from), 'utf8').replace(
    /((?:from|import)\s{0,9}\(?\s{0,9}["'])([^"']{1,300})(?=["'])/g,
    (_whole, before, path) => (BUNDLED_TYPES.includes(path) ? `${before}${up}/${path}.js` : before + path.replace(/^(\..*)\.ts$/, '$1.js')),
  )
  write(folder, to, text)
}

/** The licences of the packages whose code is in the bundle, by its source maps. */
function noticesOf(folder) {
  const names = new Set()
  for (const name of readdirSync(join(ROOT, folder))) {
    if (!name.endsWith('.js.map')) continue
    const { sources } = JSON.parse(readFileSync(join(ROOT, folder, name), 'utf8'))
    for (const source of sources) {
      const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(source)
      if (found) names.add(found[1])
    }
  }
  const notices = [...names].sort().map((name) => {
    const at = join(ROOT, 'node_modules', name)
    const { version, license } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'))
    const file = readdirSync(at).find((each) => /^licen[cs]e/i.test(each))
    if (file === undefined) throw new Error(`${name} has no file with its licence.`)
    return `## ${name} ${version} (${license})\n\n${readFileSync(join(at, file), 'utf8').trim()}\n`
  })
  return `# Software of others in these files\n\n${notices.join('\n')}`
}

/** A link to a file that is only in the clone becomes its text. */
function withoutDeadLinks(folder) {
  // the site's own links are addresses of the site
  const pages = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md') && !/^dist.pages/.test(name))
  for (const page of pages) {
    const file = join(folder, page)
    const text = readFileSync(file, 'utf8').replace(/!?\[([^\][]{0,300})\]\(([^)#\s:]{1,300})(#[^)]{0,200})?\)/g, (link, words, target) =>
      existsSync(join(dirname(file), target)) ? link : words,
    )
    writeFileSync(file, text)
  }
}

function writeManifest(folder, fields) {
  withoutDeadLinks(folder)
  const common = some(root, (name) => COMMON.includes(name))
  const { name, description, ...rest } = fields
  write(folder, 'package.json', `${JSON.stringify({ name, description, ...common, ...rest }, undefined, 2)}\n`)
}

/** `isWanted` gets names relative to `from`, with slashes. */
function copy(folder, from, isWanted) {
  const names = readdirSync(join(ROOT, from), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(join(ROOT, from).length + 1)
        .replaceAll('\\', '/'),
    )
  for (const name of names) if (isWanted(name)) copyFile(folder, `${from}/${name}`)
}

function copyFile(folder, from, to = from) {
  if (!existsSync(join(ROOT, from))) throw new Error(`${from} is missing: npm run packages builds it.`)
  mkdirSync(dirname(join(folder, to)), { recursive: true })
  copyFileSync(join(ROOT, from), join(folder, to))
}

function write(folder, to, text) {
  mkdirSync(dirname(join(folder, to)), { recursive: true })
  writeFileSync(join(folder, to), text)
}
