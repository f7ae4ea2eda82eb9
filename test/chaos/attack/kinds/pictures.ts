/** Pictures, which are the largest that the gateway takes and gives. */
import { setTimeout as wait } from 'node:timers/promises'
import { PICTURES } from '../../../kit/pictures.ts'
import type { Attack } from '../attack.ts'
import type { Stranger } from '../stranger.ts'

const PICTURE_BYTES = 4_000_000
let next = 0

/** A real header, and then as much as is taken; each is another one. */
function largePicture(): Buffer {
  const fill = Buffer.alloc(PICTURE_BYTES - PICTURES.png.length, next)
  fill.writeUInt32LE(next++)
  return Buffer.concat([PICTURES.png, fill])
}

const add = (stranger: Stranger, token: string) =>
  stranger.ask('POST', '/v1/images', { headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' }, body: largePicture() })

const uploadHead = (token: string, length: string): string =>
  `POST /v1/images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: image/png\r\n${length}\r\n\r\n`

export const pictureAttacks: readonly Attack[] = [
  {
    name: 'unread-pictures',
    description: '250 connections ask for one picture of 4 MB and read nothing',
    prepare: async (stranger) => ({ url: (JSON.parse((await add(stranger, await stranger.guest())).text) as { url: string }).url }),
    run: async (stranger, { url }) => {
      for (let i = stranger.count(250); i > 0; i--) {
        const socket = await stranger.socket()
        socket.pause()
        socket.write(`GET ${url as string} HTTP/1.1\r\nHost: x\r\n\r\n`)
      }
    },
  },
  {
    name: 'dripping-uploads',
    description: '150 uploads bring all but the last bytes of 4 MB, and then a byte a second',
    run: async (stranger) => {
      const tokens = await stranger.guests(30)
      const picture = largePicture().subarray(0, PICTURE_BYTES - 1000)
      const sockets = await Promise.all(
        Array.from({ length: stranger.count(150) }, async (_, i) => {
          const socket = await stranger.socket()
          socket.write(uploadHead(tokens[i % tokens.length]!, `Content-Length: ${PICTURE_BYTES}`))
          socket.write(picture)
          return socket
        }),
      )
      while (!stranger.isOver()) {
        await wait(1000)
        for (const socket of sockets) if (socket.writable) socket.write('x')
      }
    },
  },
  {
    name: 'endless-uploads',
    description: '30 uploads in chunks that never end, without and with a pass',
    run: async (stranger) => {
      const [token] = await stranger.guests(1)
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
      await stranger.repeat(stranger.count(30), async (worker) => {
        const socket = await stranger.socket()
        socket.write(uploadHead(worker % 2 === 0 ? token! : 'none', 'Transfer-Encoding: chunked'))
        while (socket.writable && !stranger.isOver()) {
          if (socket.writableLength < 500_000) socket.write(chunk)
          await wait(5)
        }
      })
    },
  },
  {
    name: 'crumbs',
    description: '150 uploads in chunks of one byte, as fast as they are taken, begun again when they are cut',
    run: async (stranger) => {
      const tokens = await stranger.guests(30)
      const crumbs = '1\r\nx\r\n'.repeat(10_000)
      await stranger.repeat(stranger.count(150), async (worker) => {
        const socket = await stranger.socket()
        socket.write(uploadHead(tokens[worker % tokens.length]!, 'Transfer-Encoding: chunked'))
        while (socket.writable && !stranger.isOver()) {
          if (socket.writableLength < 500_000) socket.write(crumbs)
          await wait(5)
        }
      })
    },
  },
  {
    name: 'picture-flood',
    description: '10 guests at one address add pictures of 4 MB as fast as they are taken',
    run: async (stranger) => {
      const tokens = await stranger.guests(10)
      await stranger.repeat(tokens.length, (worker) => add(stranger, tokens[worker]!))
    },
  },
]
