import { html, nothing, type TemplateResult } from 'lit'

/** How many tints avatar-style.ts has. */
const TINT_COUNT = 6

const tint = (id: string): number => {
  let sum = 0
  for (let at = 0; at < id.length; at++) sum = (sum * 31 + id.charCodeAt(at)) >>> 0
  return sum % TINT_COUNT
}

/** The first letter of a name; a name of symbols or marks alone shows nothing. */
const initial = (name: string): string => (/[\p{L}\p{N}]/u.exec(name.slice(0, 80))?.[0] ?? '').toUpperCase()

/** Guests without a name are told apart by their ids, not by the word that stands before these. */
const GUEST = /^guest-([0-9a-f]{2})/

function letters(id: string, name: string): string {
  const start = GUEST.exec(id)?.[1]
  if (start === undefined) return initial(name)
  const own = name.split(' · ')[1]
  return own === undefined ? start.toUpperCase() : initial(own)
}

/** A picture that cannot be loaded leaves the letters below it. */
const show = ({ target, type }: Event): void => void ((target as HTMLElement).hidden = type === 'error')

/**
 * A person or shop as a tinted disc with an initial; the tint belongs to the id, so it is the same everywhere. `picture`: an address that may be
 * loaded without asking.
 */
export const avatar = (id: string, name: string | undefined, picture?: string): TemplateResult =>
  html`<span class="face" part="avatar" data-tint=${tint(id)} aria-hidden="true">${letters(id, name ?? id)}${
    picture ? html`<img src=${picture} alt="" referrerpolicy="no-referrer" decoding="async" @error=${show} @load=${show}>` : nothing
  }</span>`
