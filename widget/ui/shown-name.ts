/** The id of a guest, a visitor without a login; the gateway creates it (see the protocol's README). */
const GUEST = /^guest-([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Matches a visible character: joiners, fillers and marks alone are no name. A string, because Chromium 64 cannot parse the literal. */
const SEEN = String.raw`[^\s\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]`

function isSeen(name: string): boolean {
  try {
    return new RegExp(SEEN, 'u').test(name)
  } catch {
    return name.trim() !== ''
  }
}

/**
 * The name to show for a participant: its name, else its id. A guest chooses its own name, maybe "Support", so it is marked as a guest;
 * a guest without a name is shown by the start of its id, which is enough to tell two apart. `shop` is the word for a shop without a name.
 */
export function shownName(name: string | undefined, id: string, { guest, shop = '' }: { readonly guest: string; readonly shop?: string }): string {
  const start = GUEST.exec(id)?.[1]
  if (name !== undefined && isSeen(name)) return start === undefined ? name : `${guest} · ${name}`
  if (id.startsWith('shop:')) return `${shop} ${id.slice(5)}`.trim()
  return start === undefined ? id : `${guest} ${start}`
}
