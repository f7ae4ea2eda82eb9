import type { CSSResult, LitElement, TemplateResult, nothing } from 'lit'
import type { PersonClient } from '../client/types.ts'
import { personBar, personTool, type PersonBarView } from './person-bar.ts'
import { personBarStyle } from './person-bar-style.ts'
import { PersonBlocks } from './person-blocks.ts'

/** What the panel shows about blocking the person whom it talks to: a tool in the header, and a bar under it. */
export interface PersonBlocking {
  readonly style: CSSResult
  use(client: PersonClient | undefined): void
  view(person: Omit<PersonBarView, 'blocks'>): { readonly tools: TemplateResult | typeof nothing; readonly below: TemplateResult | typeof nothing }
}

/** A script of its own: most conversations are with a shop, which nobody blocks. */
export function personBlocking(element: LitElement): PersonBlocking {
  const blocks = new PersonBlocks(element)
  return {
    style: personBarStyle,
    use: (client) => blocks.use(client),
    view: (person) => ({ tools: personTool({ ...person, blocks }), below: personBar({ ...person, blocks }) }),
  }
}
