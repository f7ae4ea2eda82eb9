import { LitElement, type PropertyDeclaration } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { ConnectionState, Person, TransportName } from '../client/types.ts'
import type { ClientController } from './client-controller.ts'
import { BAD, warnOnce } from './chat-properties.ts'
import type { AnyEvents, ElementEvents } from './element-events.ts'
import { warnAuthor } from './warn-author.ts'

/** Listeners know what the `detail` of each event is; as the browser's own, it is null where there is none. */
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

/** An element that holds a line to a gateway: it shows the line's state as attributes, and keeps the old value where it gets a bad one. */
// oxlint-disable-next-line no-unused-vars, typescript/no-unsafe-declaration-merging -- `Events` is for the signatures above
export abstract class ConnectedElement<Events extends object = ElementEvents> extends LitElement {
  /** Per property: the value as it is kept, or BAD. */
  static readonly accepts: Readonly<Record<string, (value: unknown) => unknown>>

  declare token: string

  protected abstract readonly controller: ClientController

  /** Empties the element of what was the first person's and tells the page. */
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

  /** Somebody set a property, be it to what it was. */
  protected assigned(_name: string): void {}

  get connection(): ConnectionState['name'] {
    return this.controller.connection.name
  }

  get transport(): TransportName | undefined {
    return transportOf(this.controller.connection)
  }

  /**
   * Ends the line and takes the person's messages, drafts and outbox, and the guest before, off this device, in all windows. The pass is
   * forgotten here; its server has to forget it by itself.
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
    this.tell('im-connection', { state: state.name, transport })
  }

  /** A no is the page's to handle, and its author's to read where something can be done about it. */
  protected refused(refusal: WireRefusal, id: string | undefined): void {
    const { code, message, retry } = refusal
    this.tell('im-refused', { code, message, retry, id })
    const { gateway } = this.controller
    // A page that is set up well never needs these sentences; where they cannot be fetched, the gateway's own has to do.
    void import('./author-warnings.ts')
      .then(
        ({ authorWarning }) => authorWarning(refusal, gateway),
        () => `${message} [${code}]`,
      )
      .then((words) => words && warnAuthor(this.localName, code, words))
  }

  /** What the page has to set before anything can be sent. */
  protected missing(name: 'gateway' | 'to' | 'token', why: string): void {
    warnAuthor(this.localName, `no ${name}`, `\`${name}\` is missing: ${why}`)
  }

  protected tell<K extends keyof AnyEvents>(name: K, detail: AnyEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}

const transportOf = (state: ConnectionState): TransportName | undefined => ('transport' in state ? state.transport : undefined)
