/**
 * The playground: what is chosen here is set on the chats in both frames at once, and written as the snippet to copy. The controls come from the table
 * of the elements (controls.ts). A control shows `chosen` and changes it; `show` brings frames, snippet and controls in line.
 */
import { CSS_VARIABLES, chatDoc } from '../../widget/reference/element-docs.ts'
import { NO_FAULTS, type Faults } from '../qa/faults.ts'
import { attributeControls, partControls, variableControls } from './controls.ts'
import { attributeRow, partRow, variableRow } from './control-rows.ts'
import { writeEvent } from './event-log.ts'
import { Frame } from './frames.ts'
import { ownName } from './language-tags.ts'
import { PRESETS, type Preset } from './presets.ts'
import { snippetOf } from './snippet.ts'

const NETWORKS: readonly { readonly name: string; readonly says: string; readonly faults: Partial<Faults> }[] = [
  { name: 'Good', says: 'Nothing is in the way.', faults: {} },
  { name: 'Slow', says: 'Everything takes 1.5 s more in each direction.', faults: { delay: 1500 } },
  { name: 'No WebSocket', says: 'A proxy refuses WebSockets: the chat falls back to polling.', faults: { websocket: 'refuse' } },
  { name: 'Gateway away', says: 'The gateway does not answer: what is written waits, and is sent when it is back.', faults: { away: true } },
  { name: 'Offline', says: 'The device has no network, and says so.', faults: { offline: true } },
]

/** What a control changes, and how it hears of changes that others make. */
export interface Chosen {
  attributes: Record<string, string | true>
  variables: Record<string, string>
  parts: Record<string, string>
}

const find = <E extends HTMLElement>(selector: string): E => document.querySelector<E>(selector)!

const chosen: Chosen = { attributes: {}, variables: {}, parts: {} }
/** Each brings one control in line with `chosen`. */
const refreshes: ((isReset: boolean) => void)[] = []
const onState = (): void => {
  find('#state').textContent = frames.map((frame) => `${frame.name}: ${frame.state}`).join(' · ')
}
const frameOf = (id: string, name: string): Frame =>
  new Frame(find(id), { name, events: Object.keys(chatDoc.events), onEvent: (...given) => writeEvent(find('#events'), given), onState })
const phone = frameOf('#phone', 'phone')
const page = frameOf('#page', 'page')
const frames = [phone, page]

function show(isReset = false): void {
  for (const frame of frames) frame.apply(chosen, find<HTMLInputElement>('#right-to-left').checked)
  find('#snippet').textContent = snippetOf(chosen, location.origin)
  for (const refresh of refreshes) refresh(isReset)
}

function choose({ theme, variables }: Preset): void {
  delete chosen.attributes.theme
  if (theme !== '') chosen.attributes.theme = theme
  chosen.variables = { ...variables }
  show()
}

const isChosen = ({ theme, variables }: Preset): boolean =>
  (chosen.attributes.theme ?? '') === theme && JSON.stringify(chosen.variables) === JSON.stringify(variables)

function fillThemes(): void {
  for (const preset of PRESETS) {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = preset.name
    button.addEventListener('click', () => choose(preset))
    refreshes.push(() => button.setAttribute('aria-pressed', String(isChosen(preset))))
    find('#themes').append(button)
  }
}

/** The same choice as that of the attribute `lang`, by the languages' own names. */
function fillLanguages(): void {
  const list = find<HTMLSelectElement>('#language')
  const { words } = attributeControls(chatDoc).find(({ name }) => name === 'lang')!
  list.append(new Option("The page's", ''), ...words.map((tag) => new Option(ownName(tag), tag)))
  list.addEventListener('change', () => {
    if (list.value === '') delete chosen.attributes.lang
    else chosen.attributes.lang = list.value
    show()
  })
  refreshes.push(() => void (list.value = String(chosen.attributes.lang ?? '')))
  find('#right-to-left').addEventListener('change', () => show())
}

function fillNetworks(): void {
  const buttons = NETWORKS.map(({ name, says, faults }) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = name
    button.addEventListener('click', () => {
      for (const frame of frames) frame.disturb({ ...NO_FAULTS, ...faults })
      for (const each of buttons) each.setAttribute('aria-pressed', String(each === button))
      find('#network-says').textContent = says
    })
    button.setAttribute('aria-pressed', String(name === 'Good'))
    return button
  })
  find('#networks').append(...buttons)
}

function fillRows(): void {
  const change = { chosen, show, refreshes }
  find('#attributes').append(...attributeControls(chatDoc).map((control) => attributeRow(control, change)))
  find('#variables').append(...variableControls(CSS_VARIABLES).map((control) => variableRow(control, change)))
  find('#parts').append(
    ...partControls(chatDoc).map((control) => partRow(control, { ...change, mark: (part) => frames.forEach((frame) => frame.mark(part)) })),
  )
}

find('#defaults').addEventListener('click', () => {
  Object.assign(chosen, { attributes: {}, variables: {}, parts: {} })
  find<HTMLInputElement>('#right-to-left').checked = false
  show(true)
})

fillThemes()
fillLanguages()
fillNetworks()
fillRows()
// open from the beginning: a chat that is opened takes the focus, and this page has just begun
await Promise.all([phone.load('/playground-page.html?overlay=off&open=yes'), page.load('/playground-page.html?overlay=off')])
// a finger brings the keyboard of its own device
if (!matchMedia('(pointer: coarse)').matches) phone.drawKeyboard(find('#keyboard'))
show()
