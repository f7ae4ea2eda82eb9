import type { Redis } from 'ioredis'
import { formatProblem, takeOver } from './format.ts'
import type { Scripts } from './scripts.ts'

const OLDEST_VERSION = 7

export interface Checked {
  readonly scripts: Scripts
  readonly isCluster: boolean
  /** See Probe. */
  readonly tag: () => string | undefined
}

/**
 * Checks version, eviction policy, kind and format of a server, then loads the scripts into it. Resolves with a sentence about what is wrong, if
 * anything.
 */
export async function checkServer(redis: Redis, { scripts, isCluster, tag }: Checked): Promise<string | undefined> {
  const own = tag()
  const problem = (await settingsProblem(redis, isCluster)) ?? (own === undefined ? undefined : await formatProblem(redis, own, isCluster))
  if (problem !== undefined) return problem
  if (own !== undefined) await takeOver(redis, own)
  await loadScriptsInto(redis, scripts)
  return undefined
}

/** What is wrong with a server's version, eviction policy or kind, as a sentence. */
export async function settingsProblem(redis: Redis, isCluster: boolean): Promise<string | undefined> {
  const info = String(await redis.info())
  const version = infoField(info, 'redis_version') ?? '0'
  const policy = infoField(info, 'maxmemory_policy')
  const isClusterNode = infoField(info, 'cluster_enabled') === '1'
  if (Number.parseInt(version, 10) < OLDEST_VERSION) return `the server is version ${version}; ${OLDEST_VERSION}.0 or later is needed`
  if (policy !== undefined && policy !== 'noeviction') {
    return `maxmemory-policy is ${policy}: the server would delete messages; set it to noeviction`
  }
  if (isClusterNode && !isCluster) return 'the server is a node of a Cluster: write REDIS_URL as redis+cluster://host:port,…'
  if (!isClusterNode && isCluster) return 'the server is not a node of a Cluster: write REDIS_URL as redis://host:port'
  return undefined
}

export async function loadScriptsInto(redis: Redis, scripts: Scripts): Promise<void> {
  await Promise.all(Object.values(scripts).map(({ source }) => redis.call('SCRIPT', 'LOAD', source)))
}

/** A line of what INFO says. */
export const infoField = (info: string, name: string): string | undefined => new RegExp(`^${name}:([^\r\n]*)`, 'm').exec(info)?.[1]
