/**
 * Warns of misspelt settings, which would have no effect without a word. The environment also has other programs' variables, so only a name
 * that looks like one of ours is warned of. No sentence repeats a value: it may be a secret.
 */

/** Names of other programs that are close to ours: pagers, Laravel, the official images of Python, AWS. */
const OTHERS: ReadonlySet<string> = new Set(['PAGER', 'APP_KEY', 'GPG_KEY', 'AWS_KEY'])
/** Names that start with IM_ and are not ours: input methods of a desktop, and what Kubernetes and Docker add for a service called `im…`. */
const OTHERS_IM = /^IM_CONFIG_|_SERVICE_(HOST|PORT(_.+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_.+)?$/
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//
const OUR_PREFIX = 'IM_'
/** A name of fewer letters may have one slip only, or it would match too much. */
const LONG_COUNT = 6
const SLIPS_COUNT = 2

/** One sentence for each variable that has a value, is no setting and looks like one. */
export function misspeltSettings(environment: Readonly<Record<string, string | undefined>>, settings: readonly string[]): string[] {
  const isSet = (name: string): boolean => (environment[name] ?? '').trim() !== ''
  return Object.keys(environment)
    .filter((name) => isSet(name) && !settings.includes(name))
    .flatMap((name) => {
      const isService = OTHERS_IM.test(name) || SERVICE_ADDRESS.test(environment[name]!)
      if (isService || OTHERS.has(name)) return []
      const isOurs = name.toUpperCase().startsWith(OUR_PREFIX)
      const meant = nearest(name, settings, isOurs)
      // where the right name is set as well, the other is another program's
      if (meant !== undefined && (isOurs || !isSet(meant))) return [`${name} is not a setting. Did you mean ${meant}?`]
      return isOurs ? [`${name} is not a setting. --help lists them all.`] : []
    })
}

/** What may follow an option or a command: so many paths or addresses at most. */
const FOLLOWING: Readonly<Record<string, number>> = { '--salvage': 1, doctor: 1, '--origin': 1, check: 1, backup: 1, restore: 2, move: 1 }

/** What is wrong with the command line, as a sentence; undefined: nothing. */
export function misspeltArgument(
  given: readonly string[],
  { options, settings }: { readonly options: readonly string[]; readonly settings: readonly string[] },
): string | undefined {
  const unknownArgument = given.find((argument, at) => !options.includes(argument) && !isPath(given, at))
  if (unknownArgument === undefined) return undefined
  const [name = ''] = unknownArgument.split('=', 1) // the value may be a secret
  const option = options.find((each) => each.startsWith('--') && slips(`--${name.replace(/^-+/, '').toLowerCase()}`, each) <= SLIPS_COUNT)
  if (option !== undefined) return `There is no option ${name}. Did you mean ${option}?`
  const setting = nearest(name.replace(/^-+/, ''), settings, true)
  return `There is no option ${name}. ${setting === undefined ? '--help lists what there is' : `Set ${setting} in the environment`}.`
}

/** Whether the argument belongs to the option or command before it. */
function isPath(given: readonly string[], at: number): boolean {
  const before = given.slice(0, at).findLastIndex((argument) => argument in FOLLOWING)
  return before >= 0 && !given[at]!.startsWith('-') && at - before <= FOLLOWING[given[before]!]!
}

/** The setting that a misspelt name probably means. `isOurs`: its `IM_` may also be missing or too many. */
function nearest(name: string, settings: readonly string[], isOurs: boolean): string | undefined {
  const written = name.toUpperCase().replace(/[-.]/g, '_')
  const spellings = isOurs ? [written, written.replace(OUR_PREFIX, '')] : [written]
  const [best] = settings
    .flatMap((setting) => spellings.map((spelling) => ({ setting, count: slips(spelling, setting), spelling })))
    .filter(({ setting, count, spelling }) => isSlip(spelling, setting, count))
    // a letter is more often left out than added
    .sort((a, b) => a.count - b.count || b.setting.length - a.setting.length)
  return best?.setting
}

function isSlip(spelling: string, setting: string, count: number): boolean {
  const isLong = setting.length >= LONG_COUNT
  const mayDiffer = spelling[0] === setting[0] || (isLong && count === 1)
  return count <= (isLong ? SLIPS_COUNT : 1) && (count === 0 || mayDiffer)
}

/** Counts letters that are left out, added, changed or swapped with the next one (Damerau and Levenshtein, optimal string alignment). */
function slips(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > SLIPS_COUNT) return SLIPS_COUNT + 1
  const rows = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)))
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity
      rows[i]![j] = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost, swapped)
    }
  }
  return rows[a.length]![b.length]!
}
