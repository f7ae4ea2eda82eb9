import { rm } from 'node:fs/promises'
import { spawnGateway } from '../../kit/gateway.ts'
import type { Stage } from '../stage.ts'

/** One gateway over files. The fault: kill -9, then a start on the same port and data folder. */
export async function startEmbedded(): Promise<Stage> {
  const settings = { COMMANDS_PER_SECOND: '0', LOG_LEVEL: 'error' }
  let gateway = await spawnGateway(settings)
  const { url, port, dataDir } = gateway
  return {
    url: () => url,
    pass: (claims) => gateway.pass(claims),
    faults: [
      {
        name: 'gateway killed',
        strike: async () => {
          await gateway.kill()
          gateway = await spawnGateway({ ...settings, PORT: String(port), DATA_DIR: dataDir })
        },
      },
    ],
    stop: async () => {
      const code = await gateway.stop()
      await rm(dataDir, { recursive: true, force: true })
      return code === 0
    },
  }
}
