/**
 * The walls: which room may import which, as code or only as a type, and what may never be written in it.
 * The first room whose `files` match is a file's room. To move a wall, change the table and say why in docs/decisions/.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readImports, withoutComments, type Import } from './kit/imports.ts'

interface Room {
  readonly name: string
  readonly files: RegExp
  /** Other files of ours that may be imported as code; the room's own files always may. */
  readonly code?: RegExp
  /** Further files of ours that may be imported as types. */
  readonly types?: RegExp
  /** Packages and `node:` builtins. */
  readonly packages?: RegExp
  readonly never?: readonly Forbidden[]
}

interface Forbidden {
  readonly what: RegExp
  readonly because: string
}

const DOCUMENT = { what: /\bdocument\s*[.?[]/, because: 'the client is headless: it runs in Node and in workers' }
const CLOCK = {
  what: /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b/,
  because: 'time is an argument here, so that tests can move it',
}
const DICE = { what: /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/, because: 'randomness is an argument here' }
const TIMERS = { what: /\bset(?:Timeout|Interval|Immediate)\s*\(/, because: 'time is an argument here; ask the clock' }
const PROCESS = {
  what: /\bprocess\s*\.\s*(?!platform\b)/,
  because: 'only run.ts knows the process; take what you need as an argument',
}
const INJECTION = {
  what: /\beval\s*\(|\bnew Function\b|\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bunsafe\w+\b|\bdocument\.write\b/,
  because: 'text of strangers is shown here, under strict CSP and Trusted Types',
}
const STYLE_ATTRIBUTE = {
  what: /\bstyle=|['"]style['"]\s*,|\.cssText\b|\bstyleMap\b/,
  because: 'a strict CSP drops style attributes; use a class, a property setter or a css variable',
}
const ABORT = {
  what: /(?<!=== 'function' \? )\bnew AbortController\b/,
  because: 'the chat runs in Chromium 64 and WebKit 602, which have none: use widget/ui/listen.ts, or ask for it first',
}
const WIDGET = [INJECTION, STYLE_ATTRIBUTE, PROCESS]

const LIT = String.raw`lit|@lit/\w+`

/** No feature imports another. What two of them need, the element passes to both, in a DeskContext or as an option. */
const DESK_FEATURES = ['assignment', 'customer', 'notes', 'replies', 'report', 'search', 'shortcuts', 'status']

// prettier-ignore
const ROOMS: readonly Room[] = [
  {
    name: 'gateway/protocol', files: /^gateway\/protocol\//, packages: /^(typebox|node:crypto)$/,
    never: [PROCESS, CLOCK, DICE],
  },
  {
    name: 'gateway/backbone (the interface)', files: /^gateway\/backbone\/[^/]+$/,
    types: /^gateway\/protocol\//, never: [PROCESS],
  },
  {
    name: 'gateway/backbone/embedded', files: /^gateway\/backbone\/embedded\//,
    code: /^gateway\/(backbone\/[^/]+|protocol\/[^/]+)$/, packages: /^(lmdb|fs-native-extensions|lru-cache|node:.+)$/, never: [PROCESS],
  },
  {
    name: 'gateway/backbone/redis', files: /^gateway\/backbone\/redis\//,
    code: /^gateway\/(backbone\/[^/]+|protocol\/[^/]+)$/, packages: /^(ioredis|lru-cache|node:.+)$/, never: [PROCESS],
  },
  {
    name: 'gateway/domain', files: /^gateway\/domain\//, code: /^gateway\/protocol\//,
    types: /^gateway\/backbone\/[^/]+$/, packages: /^lru-cache$/, never: [PROCESS, CLOCK, DICE, TIMERS],
  },
  {
    name: 'gateway/backends', files: /^gateway\/backends\//, code: /^gateway\/(protocol|domain)\//, packages: /^(typebox|node:crypto)$/, never: [PROCESS],
  },
  {
    name: 'gateway/relay', files: /^gateway\/relay\//, code: /^gateway\/(protocol|domain)\//,
    types: /^gateway\/backbone\/[^/]+$/, never: [PROCESS],
  },
  {
    name: 'gateway/doors', files: /^gateway\/doors\//, code: /^gateway\/(protocol|domain|relay)\//,
    types: /^gateway\/backbone\/[^/]+$/,
    packages: /^(fastify|@fastify\/[\w-]+|engine\.io|ws|jose|lru-cache|typebox|node:.+)$/, never: [PROCESS],
  },
  {
    name: 'gateway/ops', files: /^gateway\/ops\//, code: /^gateway\/protocol\/codes\.ts$/, types: /^gateway\/domain\//,
    packages: /^(fastify|lru-cache|prom-client|ws|node:.+)$/, never: [PROCESS],
  },
  {
    // the code that uses a setting also checks its value
    name: 'gateway/config.ts', files: /^gateway\/config\.ts$/, code: /^gateway\/(doors\/admit\/(api-keys|origins|trusted-proxies)|backends\/webhook-addresses)\.ts$/,
    packages: /^node:.+$/, never: [PROCESS],
  },
  { name: 'gateway/misspelt.ts', files: /^gateway\/misspelt\.ts$/, never: [PROCESS] },
  {
    name: 'gateway/app.ts', files: /^gateway\/(app|assemble-domain|folders|open-backbone)\.ts$/, code: /^gateway\/(?!(main|run|plugin)\.ts$)/,
    packages: /^(fastify|@fastify\/[\w-]+|node:.+)$/, never: [PROCESS],
  },
  {
    name: 'gateway/hooks-and-send.ts', files: /^gateway\/hooks-and-send\.ts$/, code: /^gateway\/(protocol|domain|doors)\//, packages: /^node:crypto$/, never: [PROCESS],
  },
  { name: 'gateway/plugin.ts', files: /^gateway\/plugin\.ts$/, code: /^gateway\/(?!(main|run)\.ts$)/, packages: /^(fastify|node:.+)$/, never: [PROCESS] },
  { name: 'gateway/warm-up.ts', files: /^gateway\/warm-up\.ts$/, code: /^gateway\/(?!(main|run)\.ts$)/, packages: /^(ws|node:.+)$/, never: [PROCESS] },
  { name: 'gateway/data-commands.ts', files: /^gateway\/data-commands\.ts$/, code: /^gateway\/(backbone\/|config\.ts$)/, never: [PROCESS] },
  // the check of the Node that runs comes before every import, so main.ts has no other
  { name: 'gateway/main.ts', files: /^gateway\/(main\.ts|needs-node\.(mjs|d\.mts))$/, code: /^gateway\/run\.ts$/ },
  { name: 'gateway/run.ts', files: /^gateway\/run\.ts$/, code: /^gateway\//, packages: /^(uqr|node:.+)$/ },
  {
    name: 'widget/client', files: /^widget\/client\//, code: /^gateway\/protocol\/(codes|free-form|limits|packet|version)\.ts$/,
    types: /^gateway\/protocol\//, packages: /^engine\.io-client$/, never: [...WIDGET, ABORT, DOCUMENT],
  },
  {
    name: 'widget/ui', files: /^widget\/ui\//, code: /^widget\/locales\//,
    types: /^(widget\/client\/|gateway\/protocol\/)/, packages: new RegExp(`^(${LIT})$`), never: [...WIDGET, ABORT],
  },
  { name: 'widget/locales', files: /^widget\/locales\//, never: WIDGET },
  {
    // hours that a page sets are read as the gateway reads those of a shop
    name: 'widget/chat', files: /^widget\/chat\//, code: /^(widget\/(client|ui|locales|bridge)\/|gateway\/protocol\/opening-hours\.ts$)/,
    types: /^gateway\/protocol\//, packages: new RegExp(`^(${LIT}|linkify-it)$`), never: [...WIDGET, ABORT],
  },
  {
    // a page for desktops shows the phone's chat in its middle column
    name: 'widget/mailbox', files: /^widget\/mailbox\//, code: /^widget\/(client|ui|locales|bridge|chat)\//,
    types: /^gateway\/protocol\//, packages: new RegExp(`^(${LIT})$`), never: WIDGET,
  },
  {
    name: 'widget/inbox', files: /^widget\/inbox\//, code: /^widget\/(client|ui|locales|bridge|chat|mailbox)\//,
    types: /^gateway\/protocol\//, packages: new RegExp(`^(${LIT})$`), never: WIDGET,
  },
  {
    name: 'widget/desk (the element)', files: /^widget\/desk\/[^/]+$/, code: /^widget\/(client|ui|locales|bridge|chat|mailbox|desk)\//,
    types: /^gateway\/protocol\//, packages: new RegExp(`^(${LIT})$`), never: WIDGET,
  },
  ...DESK_FEATURES.map((feature): Room => ({
    name: `widget/desk/${feature}`, files: new RegExp(`^widget/desk/${feature}/`), code: /^widget\/(client|ui|locales|mailbox)\//,
    types: /^(widget\/chat\/|widget\/desk\/desk-context\.ts$|gateway\/protocol\/)/, packages: new RegExp(`^(${LIT})$`), never: WIDGET,
  })),
  { name: 'a widget entry', files: /^widget\/im-[\w-]+\.ts$/, code: /^widget\/(chat|inbox|desk|locales)\/[\w-]+\.ts$/, types: /^widget\/desk\/replies\/quick-reply-search\.ts$/, never: WIDGET },
  {
    // an entry of its own: what old engines lack comes first, and their element has all its styles from the beginning
    name: 'widget/legacy', files: /^widget\/legacy\//, code: /^widget\/chat\/(chat-element|chat-styles|panel-styles|([\w-]+\/)?[\w-]+-style)\.ts$/,
    packages: /^(lit|@webcomponents\/webcomponentsjs)$/, never: WIDGET,
  },
  { name: 'widget/reference', files: /^widget\/reference\//, types: /^widget\/(chat|inbox|desk)\//, packages: /^(lit|node:(fs|process))$/, never: WIDGET },
  // types that the published package has in place of lit's and typebox's, and those of pages' frameworks
  { name: 'widget/frameworks', files: /^widget\/(frameworks|bundled-types)\//, types: /^widget\/(chat|inbox|desk)\//, packages: /^(react|vue|svelte|solid-js)$/ },
  { name: 'widget/loader.ts', files: /^widget\/loader(\.ts$|\/)/, never: WIDGET },
  { name: 'widget/bridge', files: /^widget\/bridge\//, code: /^widget\/client\/plain-json\.ts$/, types: /^widget\/client\//, never: WIDGET },
  {
    name: 'demo', files: /^demo\//, code: /^(dist\/gateway\/(main\.js|needs-node\.mjs)|gateway\/needs-node\.mjs|widget\/reference\/[\w-]+\.ts)$/,
    // the build tools are for a clone alone: build.mjs, dev.mjs, npm-start.mjs, packages.mjs, docs/; the playground shows the table of widget/reference
    packages: /^(im-chat-gateway|ws|uqr|node:.+|esbuild|rollup(\/loadConfigFile)?|markdown-it|github-slugger)$/, never: [INJECTION],
  },
  { name: 'widget/build', files: /^widget\/build\//, packages: /^(@rollup\/plugin-babel|esbuild|node:(fs|path))$/, never: [INJECTION] },
  { name: 'test', files: /^test\//, code: /./, packages: /./ },
  { name: 'a config file', files: /^[^/]+$/, code: /^(test\/kit\/parts\.mjs|widget\/build\/[^/]+)$/, packages: /./ },
]

const VAGUE = /^(utils?|helpers?|common|managers?|services?|misc)$/
const MAX_ENTRY_LINES = 15

const root = process.cwd()
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
const sources = new Map(
  tracked
    .split('\n')
    .filter((file) => /\.(ts|mjs|js)$/.test(file) && existsSync(file))
    .map((file) => [file, readFileSync(file, 'utf8')]),
)
const imports = await readImports(root, sources)
const lineCount = (source: string): number => source.trimEnd().split('\n').length
const roomOf = (file: string): Room | undefined => ROOMS.find(({ files }) => files.test(file))

/** Why `room` may not have this import, or undefined where it may. */
function objection(room: Room, { target, isOurs, as }: Import): string | undefined {
  if (!isOurs) return room.packages?.test(target) ? undefined : `imports ${target}, which ${room.name} may not`
  if (room.files.test(target) || room.code?.test(target)) return undefined
  if (!room.types?.test(target)) return `imports ${target} as ${as}, which ${room.name} may not`
  return as === 'type' ? undefined : `imports ${target} as code, which ${room.name} may only as a type (import type …)`
}

function forbiddenIn(room: Room, source: string): string[] {
  const text = withoutComments(source)
  return (room.never ?? []).flatMap(({ what, because }) => {
    const found = what.exec(text)
    return found ? [`:${text.slice(0, found.index).split('\n').length} has "${found[0].trim()}": ${because}`] : []
  })
}

/** One line for each file that breaks a rule, so that the failure reads as a list of things to do. */
const complaints = (judge: (file: string, source: string) => readonly string[]): string[] =>
  [...sources].flatMap(([file, source]) => judge(file, source).map((complaint) => `${file} ${complaint}`.replace(' :', ':')))

describe('the walls', () => {
  test('every file is in a room', () => {
    expect(complaints((file) => (roomOf(file) ? [] : ['stands in no room of this table']))).toEqual([])
  })

  test.each(ROOMS.map((room) => [room.name, room] as const))('%s imports only what it may', (_name, room) => {
    expect(
      complaints((file) => {
        if (roomOf(file) !== room) return []
        return imports.get(file)!.flatMap((each) => objection(room, each) ?? [])
      }),
    ).toEqual([])
  })

  test.each(ROOMS.filter(({ never }) => never).map((room) => [room.name, room] as const))(
    '%s says nothing that is forbidden there',
    (_name, room) => {
      expect(complaints((file, source) => (roomOf(file) === room ? forbiddenIn(room, source) : []))).toEqual([])
    },
  )

  test('the build is read in one go', () => {
    expect(readFileSync('rollup.config.mjs', 'utf8').split('\n').length).toBeLessThanOrEqual(121)
  })

  test('app.ts is imported by run.ts, the plugin, the warm-up and tests alone', () => {
    expect(
      complaints((file) => {
        if (/^gateway\/(main|run|plugin|warm-up)\.ts$/.test(file) || file.startsWith('test/')) return []
        const upstairs = imports.get(file)!.filter(({ target }) => /^gateway\/(app|main|run)\.ts$/.test(target))
        return upstairs.map(({ target }) => `imports ${target}`)
      }),
    ).toEqual([])
  })
})

describe('the shape of files', () => {
  test(`a widget entry has at most ${MAX_ENTRY_LINES} lines and defines one element`, () => {
    expect(
      complaints((file, source) => {
        if (!/^widget\/im-[\w-]+\.ts$/.test(file)) return []
        const elements = imports.get(file)!.filter(({ as, target }) => as === 'code' && !target.startsWith('widget/locales/'))
        return [
          ...(lineCount(source) > MAX_ENTRY_LINES ? [`has ${lineCount(source)} lines`] : []),
          ...(elements.length === 1 ? [] : [`imports ${elements.length} elements`]),
        ]
      }),
    ).toEqual([])
  })

  test('file names are kebab-case and say what is inside', () => {
    expect(
      complaints((file) =>
        file.split('/').flatMap((part) => {
          const name = basename(part).replace(/(\.(test|config|d|system))?\.\w+$/, '')
          if (VAGUE.test(name)) return [`is called "${name}": name the thing itself`]
          return /^\.?[a-z0-9]+([.-][a-z0-9]+)*$/.test(name) ? [] : [`"${part}" is not kebab-case`]
        }),
      ),
    ).toEqual([])
  })
})

/** Files that import one another in a circle, each circle once, as a path; `isCounted` says which imports count. */
function circles(graph: ReadonlyMap<string, readonly Import[]>, isCounted: (each: Import) => boolean): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const path: string[] = []
  const found: string[] = []
  const visit = (file: string): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') return void found.push([...path.slice(path.indexOf(file)), file].join(' → '))
    state.set(file, 'open')
    path.push(file)
    for (const each of graph.get(file) ?? []) if (each.isOurs && isCounted(each)) visit(each.target)
    path.pop()
    state.set(file, 'done')
  }
  for (const file of graph.keys()) visit(file)
  return found
}

const CLASS = /\bclass\s+(\w+)(?:<[^{]*?>)?\s+extends\s+(\w+)\s*(\()?/g
const ALIAS = /\b(\w+)\s+as\s+(\w+)\b/g
const MAX_DEPTH = 2

/** Elements that stand deeper than MAX_DEPTH below LitElement, or whose base class is made by a function, where nobody can count. */
function deepElements(texts: ReadonlyMap<string, string>): string[] {
  const bases = new Map<string, string>()
  const faults: string[] = []
  for (const [file, source] of texts) {
    const text = withoutComments(source)
    const names = new Map([...text.matchAll(ALIAS)].map(([, name, alias]) => [alias!, name!]))
    for (const [, name, base, isCall] of text.matchAll(CLASS)) {
      if (isCall) faults.push(`${file}: ${name} extends what ${base}() makes`)
      bases.set(name!, names.get(base!) ?? base!)
    }
  }
  const chain = (name: string): string[] => (bases.has(name) ? [name, ...chain(bases.get(name)!)] : [name])
  const deep = [...bases.keys()].map(chain).filter((each) => each.at(-1) === 'LitElement' && each.length - 1 > MAX_DEPTH)
  return [...faults, ...deep.map((each) => each.join(' extends '))]
}

/** Names that only their authors understood, and must not come back. CONVENTIONS.md lists today's terms. */
// prettier-ignore
const RETIRED_FILES = [
  'audience', 'checks-line', 'corks', 'detailed-element', 'dispatch', 'dispatcher', 'ear', 'engine-line', 'following', 'handover', 'hostile-line', 'keep', 'kept', 'line',
  'line-element', 'line-refusal', 'mailbox-element', 'mailbox-line', 'new-sid', 'no-teller', 'outgoing', 'page-wishes', 'positions', 'reception', 'remembered',
  'reply-shelf', 'served-element', 'service-bar', 'service-desk', 'service-document', 'service-mark', 'service-wish', 'serving',
  'shelved-element', 'talker', 'told', 'told-bar', 'turns', 'watching',
]
// prettier-ignore
const RETIRED_NAMES = [
  'Audience', 'Corks', 'DetailedElement', 'Dispatcher', 'Ear', 'EarOptions', 'Following', 'Handover', 'Keep', 'KeptService', 'KeptWish',
  'LineElement', 'LineEvents', 'LineOptions', 'MailboxElement', 'MailboxLine', 'Outgoing', 'PageWish', 'PageWishes', 'Positions', 'Reception',
  'Remembered', 'ReplyShelf', 'ServedBy', 'ServedElement', 'ServiceDesk', 'ServiceDocument', 'ServiceSet', 'ServiceWish', 'Serving',
  'ShelvedElement', 'Staff', 'Talker', 'ToldView', 'Watching', 'lineRefusal', 'newSid', 'openEngineLine', 'readNotice', 'toldBar', 'toldStyle', 'RawLine',
  'AnyWay', 'WAYS', 'ALL_WAYS', 'FrameLine', 'StrangerLine', 'LineEnded', 'UnderWay', 'LineRefusalOptions', 'BridgeDoor', 'PanelWishes',
]
const RETIRED = new RegExp(`\\b(?:${RETIRED_NAMES.join('|')})\\b`)

/** A retired name in a file's name or in its code; what stands in comments and strings is not a name. */
function retiredIn(file: string, source: string): string[] {
  const name = basename(file).replace(/(\.(test|system|config|d))*\.\w+$/, '')
  const found = RETIRED.exec(withoutStrings(withoutComments(source)))?.[0]
  return [...(RETIRED_FILES.includes(name) ? [`is called "${name}" again`] : []), ...(found ? [`says "${found}" again`] : [])]
}

const withoutStrings = (text: string): string => text.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")

describe('the shape of the program', () => {
  test('no files import one another in a circle, not even for a type', () => {
    expect(circles(imports, () => true)).toEqual([])
  })

  test(`no element is deeper than ${MAX_DEPTH} below LitElement`, () => {
    // the legacy element is <im-chat> itself with its styles from the beginning, and adds nothing
    const widget = [...sources].filter(([file]) => file.startsWith('widget/'))
    expect(deepElements(new Map(widget))).toEqual([])
  })

  test('names that were retired do not come back', () => {
    expect(complaints((file, source) => (file === 'test/architecture.test.ts' ? [] : retiredIn(file, source)))).toEqual([])
  })
})

describe('the wall test itself', () => {
  const domain = ROOMS.find(({ name }) => name === 'gateway/domain')!
  const ours = (target: string, as: Import['as']): Import => ({ target, isOurs: true, as })

  test('tells code from types', async () => {
    const file = 'test/kit/imports.ts'
    const types = `import type { A } from './a.ts'\n// import './no.ts'\ntype B = import("./b.ts").B`
    const found = (await readImports(root, new Map([[file, types]]))).get(file)!
    const targets = (how: Import['as']): string[] => found.filter(({ as }) => as === how).map(({ target }) => target)
    expect(targets('type')).toEqual(['test/kit/a.ts', 'test/kit/b.ts'])
    expect(targets('code')).toEqual(['esbuild', 'node:path'])
  })

  test('objects to a wall broken', () => {
    expect(objection(domain, ours('gateway/backbone/backbone.ts', 'type'))).toBeUndefined()
    expect(objection(domain, ours('gateway/backbone/backbone.ts', 'code'))).toMatch(/only as a type/)
    expect(objection(domain, ours('gateway/relay/hub.ts', 'type'))).toMatch(/may not/)
    expect(objection(domain, { target: 'fastify', isOurs: false, as: 'type' })).toMatch(/may not/)
  })

  test('sees a forbidden name, not one in a comment', () => {
    const found = forbiddenIn(domain, '// Date.now() is for main\nconst at = Date.now()')
    expect(found).toEqual([expect.stringMatching(/^:2 has "Date\.now"/)])
  })
  test('sees a circle of code, and one of types', () => {
    const graph = new Map([
      ['a.ts', [ours('b.ts', 'code')]],
      ['b.ts', [ours('c.ts', 'type')]],
      ['c.ts', [ours('a.ts', 'code')]],
    ])
    expect(circles(graph, () => true)).toEqual(['a.ts → b.ts → c.ts → a.ts'])
    expect(circles(graph, ({ as }) => as === 'code')).toEqual([])
  })

  test('counts how deep an element is, also under another name', () => {
    const files = (last: string): Map<string, string> =>
      new Map([
        ['a.ts', 'export abstract class A extends LitElement {}'],
        ['b.ts', 'class B<T extends string> extends A {}'],
        ['c.ts', last],
      ])
    expect(deepElements(files('class C extends ClientFollower {}'))).toEqual([])
    expect(deepElements(files('class C extends B {}'))).toEqual(['C extends B extends A extends LitElement'])
    expect(deepElements(files("import { B as Base } from './b.ts'\nclass C extends Base {}"))).toEqual(['C extends B extends A extends LitElement'])
    expect(deepElements(files('class C extends Served(A) {}'))).toEqual(['c.ts: C extends what Served() makes'])
  })

  test('knows retired names, in code and of files', () => {
    expect(retiredIn('gateway/relay/outgoing.ts', '')).toEqual(['is called "outgoing" again'])
    expect(retiredIn('gateway/relay/hub.ts', 'new Audience()')).toEqual(['says "Audience" again'])
    expect(retiredIn('gateway/relay/hub.ts', "// Audience\nconst keeper = 'Ear'")).toEqual([])
  })
})
