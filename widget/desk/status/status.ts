import type { TemplateResult, nothing } from 'lit'
import type { Status } from '../../../gateway/protocol/model.ts'
import type { DeskContext } from '../desk-context.ts'
import { Idle } from './idle.ts'
import { statusSwitch } from './status-switch.ts'

/** How available the agent is: chosen in the switch, or away by itself after minutes without input. */
export class AgentStatus {
  readonly #desk: DeskContext
  readonly #idle: Idle

  constructor(desk: DeskContext, idleMinutes: () => number) {
    const {
      element,
      toast,
      view: { presence },
    } = desk
    this.#desk = desk
    this.#idle = new Idle(element, {
      limitMs: () => idleMinutes() * 60_000,
      status: () => presence.status,
      // The agent has not asked for it, so a refusal is not shown.
      change: (status) => presence.change(status, () => {}),
      onIdle: () => toast.say({ text: desk.words.idleNow }),
    })
  }

  /** The desk now belongs to another agent. */
  reset(): void {
    this.#idle.reset()
  }

  switch(): TemplateResult | typeof nothing {
    const {
      refused,
      view: {
        language: { mailboxStrings },
        mailbox: { identity },
        controller: { gateway },
        presence,
      },
    } = this.#desk
    const onStatus = (status: Status): void => {
      this.#idle.byHand()
      presence.change(status, refused)
    }
    return statusSwitch({ status: presence.status, strings: mailboxStrings, onStatus, me: identity, gateway })
  }
}
