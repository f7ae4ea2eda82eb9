/**
 * A consumer of webhooks in a process of its own, for tests that kill it: node consumer-process.mjs PORT FILE. What it takes is in FILE before it
 * answers, one line an event: webhook-id, conversation, number, type.
 */
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [port, file] = process.argv.slice(2)

createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const { type, data } = JSON.parse(body)
    appendFileSync(file, `${request.headers['webhook-id']}\t${data.conversation}\t${data.message?.seq ?? ''}\t${type}\n`)
    response.writeHead(204).end()
  })
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'))
