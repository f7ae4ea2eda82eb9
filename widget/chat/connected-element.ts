import { LitElement, type PropertyDeclaration } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { ConnectionState, Person, TransportName } from '../client/types.ts'
import type { ClientController } from './client-controller.ts'
import { authorWarning, warnAuthor } from './author-warnings.ts'
import { BAD, warnOnce } from './chat-properties.ts'

/** An element that holds a line to a gateway: it shows the line's state as attributes, and keeps the old value where it gets a bad one. */
export abstract class ConnectedElement extends LitElement {
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
    const words = authorWarning(refusal, this.controller.gateway)
    if (words) warnAuthor(this.localName, code, words)
  }

  /** What the page has to set before anything can be sent. */
  protected missing(name: 'gateway' | 'to' | 'token', why: string): void {
    warnAuthor(this.localName, `no ${name}`, `\`${name}\` is missing: ${why}`)
  }

  protected tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}

const transportOf = (state: ConnectionState): TransportName | undefined => ('transport' in state ? state.transport : undefined)
