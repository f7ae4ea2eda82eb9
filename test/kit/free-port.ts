import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

const RANGE_FILE = '/proc/sys/net/ipv4/ip_local_port_range'
const [ephemeral = 32_768, lastEphemeral = 60_999] = existsSync(RANGE_FILE) ? readFileSync(RANGE_FILE, 'utf8').trim().split(/\s+/).map(Number) : []
const FIRST = ephemeral > 20_000 ? 10_000 : lastEphemeral + 1
const END = ephemeral > 20_000 ? ephemeral : 65_536

const given = new Set<number>()

/**
 * A port for a server that cannot be given 0, or that is ended and started again on the same one. It is not one of those that the
 * system hands out by itself: any outgoing connection, any other test's server on port 0 could take such a port while it is not
 * listened on. Given out once; by chance, so that tests side by side do not meet.
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
