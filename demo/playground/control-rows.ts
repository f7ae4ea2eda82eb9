/** The rows of the playground's lists: a name, what it means, and a control that changes what is chosen. */
import type { AttributeControl, PartControl, VariableControl } from './controls.ts'
import { declarationsOf } from './declarations.ts'

/**
 * `show` is called after each change; what is put into `refreshes` is called after every change of any control, with true where everything goes back to the
 * defaults.
 */
export interface Change {
  readonly chosen: { attributes: Record<string, string | true>; variables: Record<string, string>; parts: Record<string, string> }
  readonly refreshes: ((isReset: boolean) => void)[]
  show(): void
}

/** Fields whose value connects anew: half an address is not asked for. */
const CONNECTS = ['gateway', 'token', 'to']

interface Row {
  readonly row: HTMLElement
  readonly id: string
  say(problem: string): void
}

/** A row with its label; the control with the row's id is still to come. */
function rowOf(kind: string, name: string, says: string): Row {
  const id = `${kind}-${name.replace(/^--/, '')}`
  const row = document.createElement('div')
  row.className = 'control'
  row.dataset.control = name
  const label = document.createElement('label')
  label.htmlFor = id
  label.append(codeOf(name))
  const words = document.createElement('p')
  words.id = `${id}-says`
  // what stands between backticks is code, as in the docs
  words.append(...says.split('`').map((part, at) => (at % 2 === 0 ? part : codeOf(part))))
  const problem = document.createElement('p')
  problem.className = 'problem'
  problem.setAttribute('role', 'status')
  row.append(label, words, problem)
  return { row, id, say: (sentence) => void (problem.textContent = sentence) }
}

function codeOf(text: string): HTMLElement {
  const code = document.createElement('code')
  code.textContent = text
  return code
}

function field({ row, id }: Row, element: HTMLInputElement | HTMLSelectElement): void {
  element.id = id
  element.setAttribute('aria-describedby', `${id}-says`)
  row.insertBefore(element, row.children[1]!)
}

function input(type: string, placeholder: string): HTMLInputElement {
  const element = document.createElement('input')
  Object.assign(element, { type, placeholder, autocomplete: 'off', spellcheck: false })
  return element
}

/** Brings a field in line where something else has changed its value. What is half typed stays, and so does what is wrong with it. */
function follow(box: HTMLInputElement, row: Row, read: () => string | true | undefined): (isReset: boolean) => void {
  let last = ''
  return (isReset) => {
    const now = String(read() ?? '')
    if (now === last && !isReset) return
    last = now
    if (box.matches(':focus')) return
    box.value = now
    row.say('')
  }
}

export function attributeRow(control: AttributeControl, change: Change): HTMLElement {
  const row = rowOf('attribute', control.name, control.says)
  if (control.input === 'flag') flag(row, control, change)
  else if (control.input === 'words') words(row, control, change)
  else typed(row, control, change)
  return row.row
}

function set({ chosen, show }: Change, name: string, value: string | true | undefined): void {
  if (value === undefined || value === '') delete chosen.attributes[name]
  else chosen.attributes[name] = value
  show()
}

function flag(row: Row, { name }: AttributeControl, change: Change): void {
  const box = input('checkbox', '')
  box.addEventListener('change', () => set(change, name, box.checked ? true : undefined))
  change.refreshes.push(() => void (box.checked = change.chosen.attributes[name] === true))
  row.row.classList.add('flag')
  field(row, box)
}

function words(row: Row, { name, words: all, fallback }: AttributeControl, change: Change): void {
  const list = document.createElement('select')
  list.append(...(fallback === '' ? [new Option("The page's", '')] : []), ...all.map((word) => new Option(word, word)))
  list.addEventListener('change', () => set(change, name, list.value === fallback ? undefined : list.value))
  change.refreshes.push(() => void (list.value = String(change.chosen.attributes[name] ?? fallback)))
  field(row, list)
}

function typed(row: Row, { name, input: kind, fallback, example }: AttributeControl, change: Change): void {
  const box = input(kind === 'number' ? 'number' : 'text', kind === 'json' ? 'JSON' : fallback)
  const take = (): void => {
    const problem = kind === 'json' && box.value !== '' ? jsonProblem(box.value) : ''
    row.say(problem)
    if (problem === '') set(change, name, box.value)
  }
  box.addEventListener(CONNECTS.includes(name) ? 'change' : 'input', take)
  change.refreshes.push(follow(box, row, () => change.chosen.attributes[name]))
  field(row, box)
  if (example === '') return
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Example'
  button.setAttribute('aria-label', `An example for ${name}`)
  button.addEventListener('click', () => {
    box.value = example
    take()
  })
  row.row.insertBefore(button, row.row.children[2]!)
}

function jsonProblem(text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch {
    return 'This is no JSON yet.'
  }
}

/** A colour has a field that an engine's own picker fills, beside the one for any css value. */
export function variableRow({ name, says, kind, fallback }: VariableControl, { chosen, show, refreshes }: Change): HTMLElement {
  const row = rowOf('variable', name, says)
  const box = input('text', fallback)
  const take = (value: string): void => {
    const known = value.trim() === '' || isValue(kind, value)
    row.say(known ? '' : `Not a ${kind} that this browser knows.`)
    if (!known) return
    if (value.trim() === '') delete chosen.variables[name]
    else chosen.variables[name] = value.trim()
    show()
  }
  box.addEventListener('input', () => take(box.value))
  refreshes.push(follow(box, row, () => chosen.variables[name]))
  field(row, box)
  if (kind !== 'colour') return row.row
  const picker = input('color', '')
  picker.setAttribute('aria-label', `Pick ${name}`)
  picker.addEventListener('input', () => {
    take(picker.value)
  })
  refreshes.push(() => void (picker.value = sixDigits(chosen.variables[name] ?? fallback) ?? picker.value))
  row.row.insertBefore(picker, row.row.children[2]!)
  return row.row
}

const PROPERTIES = { colour: 'color', length: 'width', number: 'z-index', font: 'font-family' } as const

/** A semicolon or a brace would leave the declaration. */
const isValue = (kind: keyof typeof PROPERTIES, value: string): boolean => !/[;{}]/.test(value) && CSS.supports(PROPERTIES[kind], value)

/** As a colour field takes it; undefined for a colour that is written another way. */
function sixDigits(colour: string): string | undefined {
  const [, short] = /^#([\da-f]{3})$/i.exec(colour) ?? []
  if (short !== undefined) return `#${[...short].map((digit) => digit + digit).join('')}`
  return /^#[\da-f]{6}$/i.test(colour) ? colour : undefined
}

export function partRow({ name, says }: PartControl, { chosen, show, refreshes, mark }: Change & { mark(part: string): void }): HTMLElement {
  const row = rowOf('part', name, says)
  const box = input('text', 'border-radius: 4px')
  box.addEventListener('input', () => {
    const declarations = declarationsOf(box.value)
    row.say(box.value.trim() !== '' && declarations === '' ? 'No declaration that this browser knows yet.' : '')
    if (declarations === '') delete chosen.parts[name]
    else chosen.parts[name] = declarations
    show()
  })
  refreshes.push(follow(box, row, () => chosen.parts[name]))
  for (const type of ['pointerenter', 'focusin']) row.row.addEventListener(type, () => mark(name))
  for (const type of ['pointerleave', 'focusout']) row.row.addEventListener(type, () => mark(''))
  field(row, box)
  return row.row
}
