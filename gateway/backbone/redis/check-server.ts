import type { Redis } from 'ioredis'
import type { Scripts } from './scripts.ts'

const OLDEST = 7

/** Whether this server will do: version, eviction policy, kind; then it is given the scripts. A sentence says what is wrong. */
export async function checkServer(redis: Redis, scripts: Scripts, isCluster: boolean): Promise<string | undefined> {
  const info = parseInfo(String(await redis.info()))
  const version = info.get('redis_version') ?? '0'
  const policy = info.get('maxmemory_policy')
  const isNode = info.get('cluster_enabled') === '1'
  if (Number.parseInt(version, 10) < OLDEST) return `the server is version ${version}; ${OLDEST}.0 or later is needed`
  if (policy !== undefined && policy !== 'noeviction') {
    return `maxmemory-policy is ${policy}: the server would delete messages; set it to noeviction`
  }
  if (isNode && !isCluster) return 'the server is a node of a Cluster: write REDIS_URL as redis+cluster://host:port,…'
  if (!isNode && isCluster) return 'the server is not a node of a Cluster: write REDIS_URL as redis://host:port'
  await loadScriptsInto(redis, scripts)
  return undefined
}

export async function loadScriptsInto(redis: Redis, scripts: Scripts): Promise<void> {
  await Promise.all(Object.values(scripts).map(({ source }) => redis.call('SCRIPT', 'LOAD', source)))
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split('\r\n').map((connection) => {
      const colon = connection.indexOf(':')
      return [connection.slice(0, colon), connection.slice(colon + 1)] as const
    }),
  )
}
