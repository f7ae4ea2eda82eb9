import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

const RANGE_FILE = '/proc/sys/net/ipv4/ip_local_port_range'
const [ephemeral = 32_768, lastEphemeral = 60_999] = existsSync(RANGE_FILE) ? readFileSync(RANGE_FILE, 'utf8').trim().split(/\s+/).map(Number) : []
const FIRST = ephemeral > 20_000 ? 10_000 : lastEphemeral + 1
const END = ephemeral > 20_000 ? ephemeral : 65_536

const given = new Set<number>()

/**
 * A port for a server that cannot listen on port 0, or that restarts on the same port. It lies outside the range that the
 * system hands out: an outgoing connection or another test's server on port 0 could take such a port while nobody
 * listens on it. Each port is given out once, at random, so that parallel tests do not collide.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (END - FIRST))
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
