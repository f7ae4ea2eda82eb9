/**
 * A setting that is written wrongly has no effect, and nobody would say so. Warned of is what looks like one of ours and is none; other
 * programs' variables stand in the same environment and are not ours to judge. Values are never repeated: they may be secrets.
 */

/** Near a name of ours, and somebody else's: pagers, Laravel, the official images of Python, AWS. */
const OTHERS: ReadonlySet<string> = new Set(['PAGER', 'APP_KEY', 'GPG_KEY', 'AWS_KEY'])
/** Input methods of a desktop; and what Kubernetes and Docker put in for a service called `im…`. */
const OTHERS_IM = /^IM_CONFIG_|_SERVICE_(HOST|PORT(_.+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_.+)?$/
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//
const OUR_PREFIX = 'IM_'
/** Of shorter names one slip is a large part. */
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
      // whoever set the right one as well is heard; the other name is another program's
      if (meant !== undefined && (isOurs || !isSet(meant))) return [`${name} is no setting; did you mean ${meant}?`]
      return isOurs ? [`${name} is no setting; --help lists what there is.`] : []
    })
}

/** What is wrong with the command line, in a sentence; undefined: nothing. */
export function misspeltArgument(
  given: readonly string[],
  { options, settings }: { readonly options: readonly string[]; readonly settings: readonly string[] },
): string | undefined {
  const stranger = given.find((argument, at) => !options.includes(argument) && !isPath(argument, given[at - 1]))
  if (stranger === undefined) return undefined
  const [name = ''] = stranger.split('=', 1) // behind the sign may be a secret
  const option = options.find((each) => each.startsWith('--') && slips(`--${name.replace(/^-+/, '').toLowerCase()}`, each) <= SLIPS_COUNT)
  if (option !== undefined) return `There is no option ${name}; did you mean ${option}?`
  const setting = nearest(name.replace(/^-+/, ''), settings, true)
  return `There is no option ${name}; ${setting === undefined ? '--help lists what there is' : `set ${setting} in the environment`}.`
}

/** The folder to salvage. */
const isPath = (argument: string, before: string | undefined): boolean => before === '--salvage' && !argument.startsWith('-')

/** The setting that a name was to be. `isOurs`: it may also lack the `IM_`, or have one too many. */
function nearest(name: string, settings: readonly string[], isOurs: boolean): string | undefined {
  const written = name.toUpperCase().replace(/[-.]/g, '_')
  const spellings = isOurs ? [written, written.replace(OUR_PREFIX, '')] : [written]
  const [best] = settings
    .flatMap((setting) => spellings.map((spelling) => ({ setting, count: slips(spelling, setting), spelling })))
    .filter(({ setting, count, spelling }) => isSlip(spelling, setting, count))
    .sort((a, b) => a.count - b.count)
  return best?.setting
}

function isSlip(spelling: string, setting: string, count: number): boolean {
  const isLong = setting.length >= LONG_COUNT
  const mayDiffer = spelling[0] === setting[0] || (isLong && count === 1)
  return count <= (isLong ? SLIPS_COUNT : 1) && (count === 0 || mayDiffer)
}

/** Letters left out, put in, changed or exchanged with the next one (Damerau and Levenshtein, optimal string alignment). */
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
