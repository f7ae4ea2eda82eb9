import type { ReactiveControllerHost } from 'lit'
import type { Strings } from '../locales/strings.ts'
import { onDemand } from '../ui/on-demand.ts'
import type { QueueMoment, QueuePlace } from './queue-place.ts'

const script = onDemand(() => import('./queue-place.ts').then(({ queuePlace }) => queuePlace))

/** The sentence about the queue, whose script is fetched with the first message that may be waiting. */
export class QueueNote {
  readonly #host: ReactiveControllerHost
  #place: QueuePlace | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
  }

  sentence(moment: QueueMoment, words: { readonly strings: Strings; readonly lang: string }): string | undefined {
    if (moment.isOwnTurn) this.#place ??= script(this.#host)?.(this.#host)
    this.#place?.use(moment)
    return this.#place?.sentence(words)
  }
}
