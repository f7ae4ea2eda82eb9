/**
 * The demo's product page with different chats on it, from one address: the gateway's own files are passed on, deep-chat's bundle is served as
 * well compressed as the gateway serves its scripts, and answers to deep-chat come from a trivial echo.
 */
import { readFileSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { brotliCompressSync } from 'node:zlib'

/** By path: what stands in the head, and the chat itself. */
export interface ChatPage {
  readonly head: string
  readonly chat: string
}

export interface PageServer {
  readonly url: string
  close(): void
}

const DEEP_CHAT = '/deepChat.bundle.js'

export async function startPageServer(gatewayPort: number, pages: Readonly<Record<string, ChatPage>>): Promise<PageServer> {
  const product = readFileSync('demo/pages/product.html', 'utf8')
  const deepChat = brotliCompressSync(readFileSync('node_modules/deep-chat/dist/deepChat.bundle.js'))
  const server = createServer((incoming, answer) => {
    const path = incoming.url!
    const page = pages[path]
    if (page) answer.setHeader('content-type', 'text/html').end(pageWith(product, page))
    else if (path === DEEP_CHAT) answer.setHeader('content-type', 'text/javascript').setHeader('content-encoding', 'br').end(deepChat)
    else if (path === '/echo') void readAll(incoming).then((text) => answer.setHeader('content-type', 'application/json').end(echo(text)))
    else {
      const { method, headers } = incoming
      const passedOn = request({ host: '127.0.0.1', port: gatewayPort, path, method, headers }, (theirs) => {
        answer.writeHead(theirs.statusCode!, theirs.headers)
        theirs.pipe(answer)
      })
      passedOn.on('error', () => answer.destroy())
      incoming.pipe(passedOn)
    }
  })
  server.on('upgrade', (incoming, socket, head) => joinSockets(incoming, socket as Socket, head, gatewayPort))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeNow(server) }
}

const echo = (body: string): string => {
  const { messages } = JSON.parse(body) as { readonly messages: readonly { readonly text: string }[] }
  return JSON.stringify({ text: `Echo: ${messages[0]!.text}` })
}

/** Without the page's own policy, which deep-chat's styles do not pass. */
const pageWith = (product: string, { head, chat }: ChatPage): string =>
  product
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>\n/, '')
    .replace('<script async src="/im-chat.js"></script>', () => head)
    .replace(/<im-chat .*<\/im-chat>/, () => chat)

function joinSockets({ method, url, rawHeaders }: IncomingMessage, socket: Socket, head: Buffer, port: number): void {
  const gateway = connect(port, '127.0.0.1', () => {
    const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []))
    gateway.write([`${method} ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
    gateway.write(head)
    socket.pipe(gateway).pipe(socket)
  })
  gateway.on('error', () => socket.destroy())
  socket.on('error', () => gateway.destroy())
}

async function readAll(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of incoming) text += String(chunk)
  return text
}

function closeNow(server: Server): void {
  server.close()
  server.closeAllConnections()
}
