import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { startRedis } from '../../kit/redis.ts'
import { newTalk } from './laws/conversation.ts'
import { readAll } from './redis-follower.ts'

describe('a gateway is killed between append and reply', () => {
  const root = join(import.meta.dirname, '../../..')
  // Inside node_modules, so that the bundle finds the driver.
  const script = join(root, 'node_modules/.cache/im-chat', `redis-until-killed-${process.pid}.mjs`)
  beforeAll(() =>
    build({
      entryPoints: [join(import.meta.dirname, 'redis-append-until-killed.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      external: ['ioredis'],
      // The bundle lies elsewhere than the Lua files.
      define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'gateway/backbone/redis/scripts.ts')).href) },
    }),
  )
  afterAll(() => rmSync(script))

  it('every acknowledged entry is there; unacknowledged ones that are sent again by another node are stored once', async () => {
    const server = await startRedis()
    const talk = newTalk()
    const acknowledged: { seq: number; id: string }[] = []
    for (const run of ['one', 'two', 'three']) {
      const child = spawn(process.execPath, [script, server.url, talk.conversation, run], { stdio: ['ignore', 'pipe', 'inherit'] })
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk
        if (text.length > 5000) child.kill('SIGKILL')
      })
      await once(child, 'close')
      for (const [, seq, id] of text.matchAll(/^(\d+) (.+)$/gm)) acknowledged.push({ seq: Number(seq), id: id! })
    }
    const node = await openRedis({ url: server.url, keepCount: 0 })
    const before = await readAll(node, talk.conversation)
    for (const { seq, id } of acknowledged) expect(before[seq - 1]!.id).toBe(id)
    expect(before.length).toBeLessThanOrEqual(acknowledged.length + 3 * 8)
    for (const run of ['one', 'two', 'three']) {
      for (let sender = 0; sender < 8; sender++) {
        const count = acknowledged.filter(({ id }) => id.startsWith(`${run}-${sender}-`)).length + 1
        const from = `sender-${sender}`
        await node.store.append(talk.message({ id: `${run}-${sender}-${count}`, from, at: count }))
      }
    }
    const after = await readAll(node, talk.conversation)
    expect(after).toHaveLength(acknowledged.length + 3 * 8)
    expect(new Set(after.map(({ id }) => id)).size).toBe(after.length)
    expect(after.map(({ prev }) => prev)).toEqual([undefined, ...after.slice(0, -1).map(({ id }) => id)])
    await node.close()
    await server.stop()
  })
})
