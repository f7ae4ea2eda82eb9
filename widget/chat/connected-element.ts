import { LitElement, type PropertyDeclaration } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import { outsideZone } from '../client/outside-zone.ts'
import type { ConnectionState, Person, TransportName } from '../client/types.ts'
import type { ClientController } from './client-controller.ts'
import { nextTask } from './next-task.ts'
import { BAD, warnOnce } from './chat-properties.ts'
import type { AnyEvents, ElementEvents } from './element-events.ts'
import { warnAuthor } from './warn-author.ts'

/** Types the `detail` of each event; as in the browser's own events it is null where there is none. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- only further signatures of methods that every element has
export interface ConnectedElement<Events extends object = ElementEvents> {
  addEventListener<K extends keyof Events & string>(
    type: K,
    listener: (this: this, event: CustomEvent<Events[K]>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void
  removeEventListener<K extends keyof Events & string>(
    type: K,
    listener: (this: this, event: CustomEvent<Events[K]>) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void
}

/**
 * An element with a connection to a gateway: reflects the connection's state as attributes, and ignores invalid property values after one warning.
 */
// oxlint-disable-next-line no-unused-vars, typescript/no-unsafe-declaration-merging -- `Events` is for the signatures above
export abstract class ConnectedElement<Events extends object = ElementEvents> extends LitElement {
  /** Per property: from the value that was set to the value that is stored, or BAD. */
  static readonly accepts: Readonly<Record<string, (value: unknown) => unknown>>

  declare token: string

  /** @internal */
  protected abstract readonly controller: ClientController

  readonly #onLanguage = (): void => this.requestUpdate()

  /** Drops everything of the previous person and announces the new one to the page. */
  protected abstract onPerson(who: Person): void

  static override getPropertyDescriptor(name: PropertyKey, key: string | symbol, options: PropertyDeclaration): PropertyDescriptor | undefined {
    const descriptor = super.getPropertyDescriptor(name, key, options)
    const accept = this.accepts[String(name)]
    if (!descriptor?.set || !accept) return descriptor
    const { set } = descriptor
    return {
      ...descriptor,
      set(this: ConnectedElement, value: unknown) {
        const accepted = accept(value)
        if (accepted === BAD) return warnOnce(String(name), value)
        set.call(this, accepted)
        this.assigned(String(name))
      },
    }
  }

  override connectedCallback(): void {
    outsideZone(() => super.connectedCallback())
    addEventListener('im-language', this.#onLanguage)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('im-language', this.#onLanguage)
  }

  /** The first render has a task of its own; evaluating the script took one. */
  protected override scheduleUpdate(): void | Promise<unknown> {
    return this.hasUpdated ? super.scheduleUpdate() : new Promise<void>(nextTask).then(() => super.scheduleUpdate())
  }

  protected override performUpdate(): void {
    outsideZone(() => super.performUpdate())
  }

  /** A property was set, possibly to the value it had. */
  protected assigned(_name: string): void {}

  get connection(): ConnectionState['name'] {
    return this.controller.connection.name
  }

  get transport(): TransportName | undefined {
    return transportOf(this.controller.connection)
  }

  /**
   * Ends the connection and deletes the person's messages, drafts and outbox, and the guest's, from this device, in all windows. The element forgets
   * the pass; revoking it is the task of the server that signed it.
   */
  logout(): void {
    this.controller.logout()
    this.forgetToken()
  }

  protected forgetToken(): void {
    this.removeAttribute('token')
    this.token = ''
  }

  protected showConnection(state: ConnectionState): void {
    const transport = transportOf(state)
    if (state.name === this.getAttribute('connection') && (transport ?? null) === this.getAttribute('transport')) return
    this.setAttribute('connection', state.name)
    if (transport) this.setAttribute('transport', transport)
    else this.removeAttribute('transport')
    this.emit('im-connection', { state: state.name, transport })
  }

  /** Tells the page, and warns its author where the author can do something about it. */
  protected refused(refusal: WireRefusal, id: string | undefined): void {
    const { code, message, retry } = refusal
    this.emit('im-refused', { code, message, retry, id })
    const { gateway } = this.controller
    // Only misconfigured pages load these sentences; if they cannot be fetched, the gateway's own message is used.
    void import('./author-warnings.ts')
      .then(
        ({ authorWarning }) => authorWarning(refusal, gateway),
        () => `${message} [${code}]`,
      )
      .then((words) => words && warnAuthor(this.localName, code, words))
  }

  /** Warns about a property without which nothing can be sent. */
  protected missing(name: 'gateway' | 'to' | 'token', why: string): void {
    warnAuthor(this.localName, `no ${name}`, `\`${name}\` is missing: ${why}`)
  }

  /** False: a listener cancelled it, which only `im-card` allows. */
  protected emit<K extends keyof AnyEvents>(name: K, detail: AnyEvents[K]): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, cancelable: name === 'im-card' }))
  }
}

const transportOf = (state: ConnectionState): TransportName | undefined => ('transport' in state ? state.transport : undefined)
