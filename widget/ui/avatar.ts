import { html, type TemplateResult } from 'lit'

/** How many tints avatar-style.ts has. */
const TINT_COUNT = 6

const tint = (id: string): number => {
  let sum = 0
  for (let at = 0; at < id.length; at++) sum = (sum * 31 + id.charCodeAt(at)) >>> 0
  return sum % TINT_COUNT
}

/** The first letter of a name; a name of symbols or marks alone shows nothing. */
const initial = (name: string): string => (/[\p{L}\p{N}]/u.exec(name.slice(0, 80))?.[0] ?? '').toUpperCase()

/** A person or shop as a tinted disc with an initial; the tint belongs to the id, so it is the same everywhere. */
export const avatar = (id: string, name: string | undefined): TemplateResult =>
  html`<span class="face" part="avatar" data-tint=${tint(id)} aria-hidden="true">${initial(name ?? id)}</span>`
