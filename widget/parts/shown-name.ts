const GUEST = /^guest-(\w{4})/
/** Joiners, fillers and marks alone are no name to point at. */
const SEEN = /[^\s\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u

/** How a side is called: by its name; a guest without one by the start of its id, which is enough to tell two apart; anyone else by the id. */
export function shownName(name: string | undefined, id: string, guest: string): string {
  if (name !== undefined && SEEN.test(name)) return name
  const start = GUEST.exec(id)?.[1]
  return start === undefined ? id : `${guest} ${start}`
}
