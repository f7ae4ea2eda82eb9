/**
 * Preloaded into the gateway under attack: reports over a socket how long the event loop stood still, and collects
 * garbage when asked, so that the memory left is memory in use.
 */
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const delays = monitorEventLoopDelay({ resolution: 10 })
delays.enable()

const path = process.env.ATTACK_PROBE
rmSync(path, { force: true })
createServer((socket) => {
  socket.on('error', () => undefined) // the asker has gone
  socket.on('data', (order) => {
    const standstillMs = delays.max / 1e6
    if (String(order).includes('collect')) for (let i = 0; i < 3; i++) collect()
    delays.reset()
    const { heapUsed, external } = process.memoryUsage()
    socket.write(`${JSON.stringify({ standstillMs, heldBytes: heapUsed + external })}\n`)
  })
})
  .listen(path)
  .unref()
