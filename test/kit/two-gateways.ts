import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../../gateway/backbone/embedded/embedded.ts'
import type { Hello } from '../../gateway/protocol/commands.ts'
import { startGateway, type PassClaims, type StartedGateway } from './gateway.ts'
import { HookedBackbone } from './hooked-backbone.ts'
import { WireClient, type Transport } from './wire-client.ts'

/** Two gateways in this process on one embedded backbone with hooks, and one clock that tests move. */
export class TwoGateways {
  readonly backbone: HookedBackbone
  readonly nodes: readonly [StartedGateway, StartedGateway]
  readonly #folder: string
  readonly #clock: { skewMs: number }
  #count = 0

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<TwoGateways> {
    const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
    const backbone = new HookedBackbone(await openEmbedded({ dataDir: join(folder, 'store') }))
    const { store, records, images, bus } = backbone
    const clock = { skewMs: 0 }
    const shared = {
      store,
      records,
      images,
      bus,
      now: () => Date.now(),
      jobs: [],
      scrub: async () => undefined,
      unready: () => undefined,
      close: async () => undefined,
    }
    const start = () =>
      startGateway(
        { DATA_DIR: join(folder, 'shared'), COMMANDS_PER_SECOND: '0', ...environment },
        { backbone: shared, now: () => Date.now() + clock.skewMs },
      )
    return new TwoGateways({ folder, backbone, clock, nodes: [await start(), await start()] })
  }

  private constructor(parts: {
    folder: string
    backbone: HookedBackbone
    clock: { skewMs: number }
    nodes: readonly [StartedGateway, StartedGateway]
  }) {
    this.backbone = parts.backbone
    this.nodes = parts.nodes
    this.#folder = parts.folder
    this.#clock = parts.clock
  }

  /** A client that has said hello at node 0 or 1. */
  async arrive(node: 0 | 1, claims: PassClaims, transport: Transport = 'ws', hello: Omit<Hello, 'token'> = {}): Promise<WireClient> {
    const { url, pass } = this.nodes[node]
    const wireClient = await new WireClient(url, transport).open()
    await wireClient.hello({ token: await pass({ ttlMs: 86_400_000, ...claims }), ...hello })
    return wireClient
  }

  agent(node: 0 | 1, [sub, shop]: readonly [string, string], transport?: Transport): Promise<WireClient> {
    return this.arrive(node, { sub, role: 'agent', shop, name: sub.toUpperCase() }, transport)
  }

  customer(node: 0 | 1, sub: string, transport?: Transport): Promise<WireClient> {
    return this.arrive(node, { sub }, transport)
  }

  /** A name that no other test has: they share the backbone. */
  unique(name: string): string {
    return `${name}${++this.#count}`
  }

  pass(ms: number): void {
    this.#clock.skewMs += ms
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop()
    await this.backbone.close()
    await rm(this.#folder, { recursive: true })
  }
}
