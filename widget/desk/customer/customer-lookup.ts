import type { ReactiveControllerHost } from 'lit'
import type { CommandAnswer } from '../../../gateway/protocol/commands.ts'
import type { PersonClient } from '../../client/types.ts'
import { webAddress } from '../../ui/web-address.ts'
import { ClientFollower } from '../../ui/client-follower.ts'

export type CustomerAnswer = Omit<CommandAnswer<'customer'>, 'ok'>

/** The interval, in ms, at which a slow backend is asked again … */
const AGAIN_MS = 1000
/** … and how many times; then the agent may ask again. */
const AGAIN_COUNT = 30

/**
 * What the operator's backend knows of the open conversation's customer.
 *
 * none ──open──▶ loading ──▶ ready | empty | off
 *                  └──▶ slow ──a second──▶ asked again … ──30 times──▶ down
 *                  └──▶ down, with an older answer where there is one ──retry──▶ loading
 * What is shown stays while the same customer is asked about again.
 */
export class CustomerLookup extends ClientFollower {
  #to = ''
  #answer: CustomerAnswer | undefined
  #isLoading = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #count = 0

  constructor(host: ReactiveControllerHost) {
    super(host)
  }

  get answer(): CustomerAnswer | undefined {
    return this.#answer
  }

  get isLoading(): boolean {
    return this.#isLoading
  }

  about(to: string): void {
    if (to === this.#to) return
    this.#to = to
    this.#answer = undefined
    this.#count = 0
    this.#isLoading = false
    clearTimeout(this.#timer)
    if (to !== '' && this.isLive) this.ask()
  }

  readonly retry = (): void => {
    this.#count = 0
    this.ask()
  }

  protected override follow(client: PersonClient): readonly (() => void)[] {
    return [
      client.onPush('viewingPush', ({ conversation, product }) => {
        if (!this.#answer || client.conversation(this.#to).id !== conversation) return
        const { viewing: _, ...rest } = this.#answer
        this.#answer = product ? { ...rest, viewing: product } : rest
        this.update()
      }),
      () => clearTimeout(this.#timer),
    ]
  }

  protected override forget(): void {
    this.#answer = undefined
  }

  protected override ask(): void {
    const { client } = this
    const to = this.#to
    if (!client || to === '' || to.startsWith('shop:')) return
    clearTimeout(this.#timer)
    this.#isLoading = true
    this.update()
    client.request('customer', { to }).then(
      (answer) => this.#take(to, answer),
      () => this.#take(to, undefined),
    )
  }

  #take(to: string, given: CustomerAnswer | undefined): void {
    if (to !== this.#to) return
    const answer = given && withAddresses(given)
    const isSlow = answer?.state === 'slow'
    if (isSlow && ++this.#count < AGAIN_COUNT) this.#timer = setTimeout(() => this.ask(), AGAIN_MS)
    else this.#isLoading = false
    const held = this.#answer
    if (!answer || (isSlow && this.#count >= AGAIN_COUNT)) this.#answer = { ...held, ...answer, state: 'down' }
    else this.#answer = isSlow && held?.info ? { ...held, ...answer } : answer
    this.update()
  }
}

/** A backend's addresses may be relative: to the page that the agent has open, as the documentation says. A card goes to another page. */
function withAddresses(answer: CustomerAnswer): CustomerAnswer {
  const { info } = answer
  if (!info?.orders) return answer
  const { baseURI } = document
  const orders = info.orders.map(({ url, image, ...rest }) => {
    const [link, picture] = [webAddress(url, baseURI), webAddress(image, baseURI)]
    return { ...rest, ...(link ? { url: link } : {}), ...(picture ? { image: picture } : {}) }
  })
  return { ...answer, info: { ...info, orders } }
}
