/** Opens the backbone that the settings name. */
import type { Backbone } from './backbone/backbone.ts'
import { openEmbedded } from './backbone/embedded/embedded.ts'
import { openRedis } from './backbone/redis/redis.ts'
import { SettingError, type Config } from './config.ts'
import type { Report } from './domain/facts.ts'

const DAY_MS = 86_400_000

export async function openBackbone(config: Config, report: Report): Promise<Backbone> {
  const { DATA_DIR, IMAGES_MB, REDIS_URL, REDIS_DURABILITY, REDIS_KEEP_COUNT } = config
  if (REDIS_URL === undefined) {
    const onHealth = (problem: string | undefined): void => report({ fact: 'partSeen', part: 'The store', problem })
    return openEmbedded({ dataDir: DATA_DIR, imagesBytes: IMAGES_MB * 1_000_000, onHealth })
  }
  const durability = REDIS_DURABILITY === 'replica' ? 'replica' : 'memory'
  try {
    return await openRedis({
      url: REDIS_URL,
      durability,
      keepCount: REDIS_KEEP_COUNT,
      keepMs: keepMsOf(config),
      unansweredMs: unansweredMsOf(config),
      onAppendRefused: () => report({ fact: 'appendRefused' }),
      onHealth: (server, problem) => report({ fact: 'partSeen', part: `Redis ${server}`, problem }),
    })
  } catch (error) {
    // it rejects only where REDIS_URL cannot be read
    throw new SettingError((error as Error).message)
  }
}

/** After how long Redis forgets by itself what nobody writes to, in ms; 0: never, as the embedded store, whose conversations are erased by a job. */
export const keepMsOf = ({ REDIS_URL, KEEP_DAYS }: Config): number => (REDIS_URL === undefined ? 0 : KEEP_DAYS * DAY_MS)

/** How long a conversation without an answer is stored, in ms; 0: for ever, as always in the embedded store. */
export const unansweredMsOf = ({ REDIS_URL, UNANSWERED_DAYS }: Config): number => (REDIS_URL === undefined ? 0 : UNANSWERED_DAYS * DAY_MS)
