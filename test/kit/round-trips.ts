import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * A TCP proxy that counts the round trips one client needs, by cause and not by the clock: opening a connection is one, and so is each answer to something that
 * was sent after everything the client had heard. Connections side by side count by the longest chain.
 */
export async function countRoundTrips(target: number) {
  /** The length of the chain of causes behind what the client has heard so far. */
  let heard = 0
  const links = new Set<Socket>()
  const server = createServer((client) => {
    const readyAt = heard + 1
    let askedAt = readyAt
    const gateway = connect(target, '127.0.0.1').setNoDelay(true)
    client.setNoDelay(true)
    links.add(client)
    for (const [socket, other] of [
      [client, gateway],
      [gateway, client],
    ] as const) {
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
    client.on('close', () => links.delete(client))
    client.on('data', (chunk: Buffer) => {
      askedAt = Math.max(heard, readyAt)
      gateway.write(chunk)
    })
    gateway.on('data', (chunk: Buffer) => {
      heard = Math.max(heard, askedAt + 1)
      client.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get count() {
      return heard
    },
    close: () => {
      for (const link of links) link.destroy()
      server.close()
    },
  }
}
