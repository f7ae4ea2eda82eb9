/** Writes an event of a chat as the first line of `list`. */
export function writeEvent(list: HTMLElement, [frame, type, detail]: readonly [string, string, unknown]): void {
  const line = document.createElement('li')
  const where = document.createElement('span')
  where.textContent = frame
  const what = document.createElement('b')
  what.textContent = type
  const code = document.createElement('code')
  code.textContent = (JSON.stringify(detail) ?? '').slice(0, MOST_CHARACTERS)
  line.append(what, where, code)
  list.prepend(line)
  while (list.children.length > MOST_LINES) list.lastElementChild!.remove()
}

const MOST_LINES = 30
const MOST_CHARACTERS = 200
