import { InboxElement } from './inbox-element.ts'

/** Registers `<im-inbox>`. Harmless where there are no elements (a server) and where the page has it already. */
export function defineInboxElement(): void {
  if (typeof customElements !== 'undefined' && !customElements.get('im-inbox')) customElements.define('im-inbox', InboxElement)
}
