/** Two gateways on one embedded backbone with a clock that tests move, and clients of shops' agents and customers. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Backbone } from '../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../gateway/backbone/embedded/embedded.ts'
import type { CommandInput, Hello } from '../../gateway/protocol/commands.ts'
import type { ConversationRow, Assignment } from '../../gateway/protocol/model.ts'
import { startGateway, type PassClaims, type StartedGateway } from './gateway.ts'
import { HookedBackbone } from './hooked-backbone.ts'
import { WireClient } from './wire-client.ts'

export class ShopNodes {
  readonly backbone: HookedBackbone
  readonly #folder: string
  readonly #inner: Backbone
  readonly #nodes: readonly StartedGateway[]
  readonly #clock: { ahead: number }
  #count = 0

  private constructor(
    backbone: HookedBackbone,
    {
      folder,
      inner,
      nodes,
      clock,
    }: {
      folder: string
      inner: Backbone
      nodes: readonly StartedGateway[]
      clock: { ahead: number }
    },
  ) {
    this.backbone = backbone
    this.#folder = folder
    this.#inner = inner
    this.#nodes = nodes
    this.#clock = clock
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ShopNodes> {
    const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
    const inner = await openEmbedded({ dataDir: join(folder, 'store') })
    const hooked = new HookedBackbone(inner)
    const { store, records, images, bus } = hooked
    const shared: Backbone = {
      store,
      records,
      images,
      bus,
      now: () => Date.now(),
      jobs: [],
      scrub: async () => undefined,
      unready: () => hooked.unready(),
      close: async () => undefined,
    }
    const clock = { ahead: 0 }
    const start = () =>
      startGateway({ DATA_DIR: join(folder, 'shared'), API_KEY: 'key', ...environment }, { backbone: shared, now: () => Date.now() + clock.ahead })
    return new ShopNodes(hooked, { folder, inner, nodes: [await start(), await start()], clock })
  }

  get url(): string {
    return this.#nodes[0]!.url
  }

  now(): number {
    return Date.now() + this.#clock.ahead
  }

  /** Moves the clock of all nodes. */
  pass(ms: number): void {
    this.#clock.ahead += ms
  }

  unique(name: string): string {
    return `${name}${++this.#count}-${process.pid}`
  }

  async arrive(node: 0 | 1, claims: PassClaims, hello: Pick<Hello, 'to' | 'resume'> = {}): Promise<WireClient> {
    const wireClient = await new WireClient(this.#nodes[node]!.url, 'ws').open()
    await wireClient.hello({ token: await this.#nodes[node]!.pass({ ttlMs: 86_400_000, ...claims }), ...hello })
    return wireClient
  }

  /** An agent of the shop; resolves when its colleagues see it present. */
  async agent(shop: string, sub: string, node: 0 | 1 = 0): Promise<WireClient> {
    const wireClient = await this.arrive(node, { sub, role: 'agent', shop, name: sub.toUpperCase() })
    const of = [`shop:${shop}`]
    for (;;) {
      const { presence } = await wireClient.command('presence', { of })
      if (presence[of[0]!]?.agents?.some(({ id }) => id === sub)) return wireClient
    }
  }

  async stop(): Promise<void> {
    for (const node of this.#nodes) await node.stop()
    await this.#inner.close()
    await rm(this.#folder, { recursive: true })
  }
}

export const text = (to: string, id: string): CommandInput<'send'> => ({ to, id, kind: 'text', body: { text: id } })

/** The assignment of the customer's conversation, as the agent sees it. */
export async function assignmentOf(agent: WireClient, customer: string): Promise<Assignment | undefined> {
  const { conversations } = await agent.command('conversations', {})
  return conversations.find(({ to }) => to === customer)?.service
}

/** Resolves with the newest row pushed to this agent for this customer's conversation, once its assignment passes `fits`. */
export function pushedRow(agent: WireClient, customer: string, fits: (service: Assignment) => boolean): Promise<ConversationRow> {
  return agent.until(() => {
    const row = agent.pushes('conversationPush').findLast(({ to, service }) => to === customer && service !== undefined)
    return row?.service !== undefined && fits(row.service) ? row : undefined
  })
}
