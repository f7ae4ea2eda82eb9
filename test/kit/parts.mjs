/** The parts of `npm test`, and which files belong to them. */

/** Tests with real sockets, files on disk or a process: they wait more than they compute. */
export const isWithSockets = (file) =>
  /^test\/(?:client\/(?:body-refusal|bounded-resume|erased|lossy-polling|one-address|round-trips)|gateway\/(?:admission|key-set|needs-node|ops\/(?:operate|queue-metrics)|plugin|warm-up)|gateway\/backbone\/(?:embedded|throwing-append)|gateway\/domain\/(?:assignment\/open-index|desk\/customers|presence\/)|gateway\/doors\/(?!allowances|buckets|slow-peer|text-shape)|gateway\/relay\/gap|protocol\/keys|lock\.|needs\.|patterns\.)/.test(
    file,
  ) && !file.endsWith('.system.test.ts')

/** Rehearsals of device farms and of real input methods: minutes that most changes do not touch. */
const isLong = (file) => /^test\/engines\/(?:hub|input-method)\.test\.ts$/.test(file)
const isStarted = (file) => /^test\/(?:browser|chaos|e2e|engines)\/|\.system\.test\.ts$/.test(file)
const named = (filters) => ({ filters, isOwn: (file) => isStarted(file) && filters.some((filter) => file.includes(filter)) })

/** `isOwn`: whether a file belongs to the part, for files that this machine cannot run. */
export const PARTS = {
  usual: { filters: [], projects: ['unit', 'sockets', 'processes', 'browsers', 'system'], isOwn: (file) => !isLong(file) },
  all: { filters: [], projects: [], isOwn: () => true },
  unit: { filters: [], projects: ['unit'], isOwn: (file) => !isStarted(file) && !isWithSockets(file) },
  sockets: { filters: [], projects: ['sockets'], isOwn: isWithSockets },
  browser: { ...named(['test/browser/', 'test/e2e/']), projects: ['browsers'] },
  redis: { ...named(['redis', 'nginx', 'original-node', 'presence.system', 'transfer.system']), projects: ['processes', 'system'] },
}

/** The part, then the arguments for vitest: `npm test -- -t foo` and `npm test -- test/lock.test.ts` name no part. */
export function partOf(args) {
  const [first] = args
  if (first === undefined) return ['usual', []]
  return /^-|[/.]/.test(first) ? ['all', args] : [first, args.slice(1)]
}
