/**
 * What a backbone is, as tests: one test a law of gateway/backbone/backbone.ts. Every implementation calls
 * `describeBackbone` with a way to start itself; every test makes its own conversations, so a shared server will do.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { describeAppend } from './laws/append.ts'
import { describeBus } from './laws/bus.ts'
import { describeCursors } from './laws/cursors.ts'
import { describeErase } from './laws/erase.ts'
import { describeImages } from './laws/images.ts'
import { describeLists } from './laws/lists.ts'
import { describeModel } from './laws/model.ts'
import { describePublish } from './laws/publish.ts'
import { describeRead } from './laws/read.ts'
import { describeRecords } from './laws/records.ts'
import { describeReplace } from './laws/replace.ts'
import { describeService } from './laws/assignment.ts'
import type { World } from './laws/world.ts'

export interface Started {
  backbone: Backbone
  /** Closes the backbone and opens it again over the same data. */
  restart(): Promise<Backbone>
  /** Another node over the same data, closed by `stop`; absent where there can be one only. */
  join?(): Promise<Backbone>
  /** Closes everything and removes the data. */
  stop(): Promise<void>
}

export function describeBackbone(name: string, start: () => Promise<Started>): void {
  describe(name, () => {
    let started: Started | undefined
    let other: Backbone | undefined
    const current = (): Started => {
      if (started === undefined) throw new Error('The backbone did not start.')
      return started
    }
    beforeAll(async () => {
      started = await start()
      other = await started.join?.()
    })
    afterAll(() => started?.stop())
    const world: World = {
      get backbone() {
        return current().backbone
      },
      get other() {
        return other ?? current().backbone
      },
      async restart() {
        current().backbone = await current().restart()
      },
    }
    describeAppend(world)
    describePublish(world)
    describeRead(world)
    describeCursors(world)
    describeLists(world)
    describeReplace(world)
    describeErase(world)
    describeService(world)
    describeRecords(world)
    describeImages(world)
    describeBus(world)
    describeModel(world)
  })
}
