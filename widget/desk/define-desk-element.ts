import { DeskElement } from './desk-element.ts'

/** Registers `<im-desk>`. Harmless where there are no elements (a server) and where the page has it already. */
export function defineDeskElement(): void {
  if (typeof customElements !== 'undefined' && !customElements.get('im-desk')) customElements.define('im-desk', DeskElement)
}
