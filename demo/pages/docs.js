/** The search of the docs: the sections that contain every word, best first. `/` goes to the field, arrows go through what was found, Escape ends it. */
const MOST_RESULTS = 12
const EXCERPT_CHARACTERS = 140

const field = document.getElementById('search')
const list = document.getElementById('search-results')
const says = document.getElementById('search-says')
/** Rows of search.json: [address, title, heading, text]. */
let rows

field.addEventListener('input', () => void search())
field.addEventListener('focus', () => void load())
document.addEventListener('keydown', onKey)
document.addEventListener('click', ({ target }) => target.closest('.search') === null && close())

async function load() {
  rows ??= fetch('/docs/search.json').then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
  try {
    return await rows
  } catch {
    rows = undefined
    says.textContent = 'The search cannot be loaded now.'
    return []
  }
}

async function search() {
  const asked = field.value
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean)
  const all = await load()
  // somebody typed on meanwhile
  if (field.value !== asked) return
  if (words.length === 0) return close()
  const found = all
    .map((row) => ({ row, score: scoreOf(row, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST_RESULTS)
  list.replaceChildren(...found.map(({ row }) => resultOf(row, words)))
  list.hidden = found.length === 0
  says.textContent = found.length === 0 ? `Nothing has “${asked.trim()}”.` : found.length === 1 ? 'One section' : `${found.length} sections`
}

/** 0 where a word is missing; words in headings count more than words in the text. */
function scoreOf([, title, heading, text], words) {
  const places = [
    [heading.toLowerCase(), 12],
    [title.toLowerCase(), 6],
    [text.toLowerCase(), 1],
  ]
  let sum = 0
  for (const word of words) {
    const best = Math.max(...places.map(([place, weight]) => (place.includes(word) ? weight * (startsWord(place, word) ? 2 : 1) : 0)))
    if (best === 0) return 0
    sum += best
  }
  return sum
}

const startsWord = (text, word) => text.startsWith(word) || text.includes(` ${word}`)

function resultOf([address, title, heading, text], words) {
  const link = document.createElement('a')
  link.href = address
  const name = document.createElement('b')
  name.textContent = heading === title ? title : `${title} › ${heading}`
  const excerpt = document.createElement('span')
  excerpt.append(...marked(excerptOf(text, words), words))
  link.append(name, excerpt)
  const item = document.createElement('li')
  item.append(link)
  return item
}

/** The text around the first word that is in it. */
function excerptOf(text, words) {
  const at = words.map((word) => text.toLowerCase().indexOf(word)).find((found) => found >= 0) ?? 0
  const from = Math.max(0, at - EXCERPT_CHARACTERS / 3)
  const cut = text.slice(from, from + EXCERPT_CHARACTERS)
  return `${from > 0 ? '…' : ''}${cut}${from + EXCERPT_CHARACTERS < text.length ? '…' : ''}`
}

/** Text, with each of the words in a `<mark>`. */
function marked(text, words) {
  const nodes = []
  let rest = text
  for (;;) {
    const low = rest.toLowerCase()
    const [at, word] =
      words
        .map((each) => [low.indexOf(each), each])
        .filter(([found]) => found >= 0)
        .sort(([one], [other]) => one - other)[0] ?? []
    if (word === undefined) return [...nodes, rest]
    const mark = document.createElement('mark')
    mark.textContent = rest.slice(at, at + word.length)
    nodes.push(rest.slice(0, at), mark)
    rest = rest.slice(at + word.length)
  }
}

function close() {
  list.hidden = true
  list.replaceChildren()
  says.textContent = ''
}

function onKey(event) {
  const isInSearch = event.target.closest('.search') !== null
  if (event.key === '/' && !isInSearch && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault()
    field.focus()
  } else if (isInSearch && event.key === 'Escape') {
    field.value = ''
    close()
    field.focus()
  } else if (isInSearch && (event.key === 'ArrowDown' || event.key === 'ArrowUp') && !list.hidden) {
    event.preventDefault()
    const stops = [field, ...list.querySelectorAll('a')]
    const step = event.key === 'ArrowDown' ? 1 : -1
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus()
  } else if (event.target === field && event.key === 'Enter') list.querySelector('a')?.click()
}
