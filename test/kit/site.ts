/** A site as an operator runs it: two gateway processes (n1, n2) on one Redis, behind nginx. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeEnding } from './ends-with-us.ts'
import { spawnGateway, type PassClaims, type SpawnedGateway } from './gateway.ts'
import { startNginx, type Nginx } from './nginx.ts'

export type NodeTag = 'n1' | 'n2'
export const NODE_TAGS: readonly NodeTag[] = ['n1', 'n2']

type Spawn = (tag: NodeTag, port?: number) => Promise<SpawnedGateway>

export class Site {
  readonly nginx: Nginx
  readonly #nodes: Record<NodeTag, SpawnedGateway>
  readonly #spawn: Spawn

  private constructor(nginx: Nginx, nodes: Record<NodeTag, SpawnedGateway>, spawn: Spawn) {
    this.nginx = nginx
    this.#nodes = nodes
    this.#spawn = spawn
  }

  /** `redisUrls` of n1 and n2; different where each has a proxy of its own. */
  static async start(redisUrls: Record<NodeTag, string>, settings: Readonly<Record<string, string>> = {}): Promise<Site> {
    // shared because of the demo secret in it: each node accepts the other's passes
    const environment = {
      COMMANDS_PER_SECOND: '0',
      LOG_LEVEL: 'error',
      TRUST_PROXY: '1',
      ...settings,
      DATA_DIR: removeEnding(await mkdtemp(join(tmpdir(), 'im-site-'))),
    }
    const spawn: Spawn = (tag, port) =>
      spawnGateway({ ...environment, REDIS_URL: redisUrls[tag], NODE_TAG: tag, ...(port === undefined ? {} : { PORT: String(port) }) })
    const nodes = { n1: await spawn('n1'), n2: await spawn('n2') }
    return new Site(await startNginx([nodes.n1.port, nodes.n2.port]), nodes, spawn)
  }

  get url(): string {
    return this.nginx.url
  }

  node(tag: NodeTag): SpawnedGateway {
    return this.#nodes[tag]
  }

  /** From a node directly: through nginx, requests are not local, and only local ones get demo passes. */
  async pass(claims: PassClaims): Promise<string> {
    return this.#nodes.n1.pass(claims).catch(() => this.#nodes.n2.pass(claims))
  }

  /** Starts the node again on its old port. */
  async startAgain(tag: NodeTag): Promise<void> {
    this.#nodes[tag] = await this.#spawn(tag, this.#nodes[tag].port)
  }

  /** True where everything ended cleanly. */
  async stop(): Promise<boolean> {
    const codes = await Promise.all(NODE_TAGS.map((tag) => this.#nodes[tag].stop()))
    await this.nginx.stop()
    await rm(this.#nodes.n1.dataDir, { recursive: true, force: true })
    return codes.every((code) => code === 0)
  }
}
