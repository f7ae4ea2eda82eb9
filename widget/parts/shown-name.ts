const GUEST = /^guest-(\w{4})/

/** How a side is called: by its name; a guest without one by the start of its id, which is enough to tell two apart; anyone else by the id. */
export function shownName(name: string | undefined, id: string, guest: string): string {
  const start = GUEST.exec(id)?.[1]
  return name ?? (start === undefined ? id : `${guest} ${start}`)
}
