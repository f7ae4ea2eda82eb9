/** A visitor without a login, see the protocol's README: the gateway makes such ids. */
const GUEST = /^guest-([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Joiners, fillers and marks alone are no name to point at. As text, because Chromium 64 does not know all of it and would not start. */
const SEEN = String.raw`[^\s\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]`

function isSeen(name: string): boolean {
  try {
    return new RegExp(SEEN, 'u').test(name)
  } catch {
    return name.trim() !== ''
  }
}

/**
 * How a side is called: by its name, else by its id. A guest chose its name itself, maybe "Support", so it is said that it is one; without
 * a name it is called by the start of its id, which is enough to tell two apart.
 */
export function shownName(name: string | undefined, id: string, guest: string): string {
  const start = GUEST.exec(id)?.[1]
  if (name !== undefined && isSeen(name)) return start === undefined ? name : `${guest} · ${name}`
  return start === undefined ? id : `${guest} ${start}`
}
