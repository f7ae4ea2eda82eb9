import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import type { Started } from './contract.ts'

/** Two nodes over the same servers, for the contract suite. */
export async function startedOn(open: () => Promise<Backbone>, stop: () => Promise<void>): Promise<Started> {
  const nodes: Backbone[] = []
  const join = async (): Promise<Backbone> => {
    const node = await open()
    nodes.push(node)
    return node
  }
  const started: Started = {
    backbone: await join(),
    join,
    async restart() {
      await started.backbone.close()
      return join()
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.close()))
      await stop()
    },
  }
  return started
}
