/** Plays the app around a WebView: `/host.html?app=ios&mode=launcher`. It does only what an app of that platform can do. */
import { demoPass } from './demo-pass.js'
import { PLATFORMS } from './host-platforms.js'

const LOG_COUNT = 200
const ANSWER_MS = 2000
const PRODUCT = { title: 'Gooseneck kettle', price: '€ 40', image: '/art/kettle.svg', url: '/product.html' }

const find = (selector) => document.querySelector(selector)
const frame = find('iframe')
const log = find('#log')
const settings = new URLSearchParams(location.search)
/** Id of a sent message → function that gets its `answer`. */
const waiting = new Map()
let lastId = 0
let isKeyboardUp = false

for (const [name, { title }] of Object.entries(PLATFORMS)) find('#platform').append(new Option(title, name))
find('#platform').value = settings.get('app') in PLATFORMS ? settings.get('app') : 'android-interface'
find('#mode').value = settings.get('mode') === 'launcher' ? 'launcher' : 'inline'

const platform = () => PLATFORMS[find('#platform').value]
const numberOf = (selector) => Number(find(selector).value)

/** host-chat.js calls this in the frame, before the page's other scripts run. */
window.imHostSimulator = { install: (view) => platform().install(view, onMessage) }

/** What each button sends; a button's data attributes choose between variants. */
const MESSAGES = {
  host: () => ({ opens: ['link', 'image', 'card'].filter((kind) => find(`#opens-${kind}`).checked) }),
  inset: () => ({ bottom: sendsInset() && isKeyboardUp ? numberOf('#keyboard-height') : 0, top: numberOf('[data-inset=top]') }),
  safeArea: () => Object.fromEntries([...document.querySelectorAll('[data-safe]')].map((slider) => [slider.dataset.safe, Number(slider.value)])),
  back: () => ({}),
  network: ({ dataset }) => ({ online: dataset.flag === 'true' }),
  visible: ({ dataset }) => ({ visible: dataset.flag === 'true' }),
  pass: async ({ dataset }) => ({ token: 'guest' in dataset ? '' : await freshPass() }),
  open: ({ dataset }) => ({ to: find('#to').value, ...('product' in dataset ? { product: PRODUCT } : {}) }),
  close: () => ({}),
  logout: () => ({}),
}

const sendsInset = () => ['inset', 'both'].includes(find('#strategy').value)
const resizes = () => ['resize', 'both'].includes(find('#strategy').value)
const freshPass = () => demoPass({ sub: find('#person').value, role: 'customer', name: find('#person').value })

/** Sends a message as the platform does, and resolves with its answer, in whatever way the platform gets it. */
async function send(message) {
  const id = `m${++lastId}`
  const line = write('down', 'app → page', message)
  const answered = new Promise((resolve) => {
    waiting.set(id, resolve)
    setTimeout(() => resolve({ ok: false, why: `No answer within ${ANSWER_MS / 1000} s.` }), ANSWER_MS)
  })
  const returned = await platform().send(frame.contentWindow, { ...message, id })
  const answer = returned ?? (await answered)
  waiting.delete(id)
  line.classList.toggle('refused', !answer.ok)
  line.append(code(answer))
  return answer
}

/** Handles a message from the page. */
function onMessage(json) {
  const message = JSON.parse(json)
  write('up', 'page → app', message)
  if (message.type === 'answer') waiting.get(message.id)?.(message)
  const act = ON_MESSAGE[message.type]
  if (act) void act(message)
}

const ON_MESSAGE = {
  ready: async () => {
    showState('The page is ready.')
    await send({ type: 'host', ...MESSAGES.host() })
    await send({ type: 'safeArea', ...MESSAGES.safeArea() })
  },
  unread: ({ count }) => {
    find('#badge').textContent = count
  },
  card: ({ kind, id, number }) => showState(`The app shows the ${kind} ${id ?? number ?? ''}`),
  link: ({ url }) => showState(`The app opens the address ${url}`),
  image: ({ url }) => showState(`The app shows the picture ${url}`),
  passNeeded: ({ code }) => showState(`The page needs a pass (${code}). Press pass.`),
}

function write(way, title, message) {
  log.querySelector('.none')?.remove()
  const line = document.createElement('li')
  line.className = way
  const time = document.createElement('time')
  time.textContent = new Date().toISOString().slice(11, 23)
  const who = document.createElement('b')
  who.textContent = title
  line.append(time, who, code(message))
  log.prepend(line)
  while (log.children.length > LOG_COUNT) log.lastElementChild.remove()
  return line
}

function code(value) {
  const element = document.createElement('code')
  element.textContent = typeof value === 'string' ? value : JSON.stringify(value)
  return element
}

const showState = (sentence) => {
  find('#state').textContent = sentence
}

/** Lays out the phone: the WebView is smaller where the app resizes it, and covered by the keyboard where it does not. */
function layOut() {
  const height = isKeyboardUp ? numberOf('#keyboard-height') : 0
  const keyboard = find('.keyboard')
  keyboard.hidden = !isKeyboardUp
  keyboard.style.height = `${height}px`
  frame.style.height = resizes() && height > 0 ? `calc(100% - ${height}px)` : ''
  find('#keyboard').setAttribute('aria-pressed', String(isKeyboardUp))
  find('.notch').hidden = numberOf('[data-safe=top]') === 0
  for (const slider of document.querySelectorAll('input[type=range]')) slider.nextElementSibling.textContent = `${slider.value} px`
}

async function moveKeyboard(isUp) {
  if (isKeyboardUp === isUp) return
  isKeyboardUp = isUp
  layOut()
  if (sendsInset()) await send({ type: 'inset', ...MESSAGES.inset() })
}

function load() {
  const { value: app } = find('#platform')
  const { value: mode } = find('#mode')
  history.replaceState(null, '', `?${new URLSearchParams({ app, mode })}`)
  isKeyboardUp = false
  waiting.clear()
  find('#badge').textContent = '0'
  find('[data-say=back]').disabled = !platform().hasBack
  showState('Waiting for the page.')
  layOut()
  frame.src = `/host-chat.html?${new URLSearchParams({ app, mode })}`
}

/** The system shows the keyboard while a field has the focus. */
frame.addEventListener('load', () => {
  const { document: inner } = frame.contentWindow
  inner.addEventListener('focusin', (event) => void moveKeyboard(event.composedPath()[0].matches('textarea, input')), true)
  // pressing a button of this page takes the focus out of the frame; a button of an app does not take it from its WebView
  inner.addEventListener('focusout', () => setTimeout(() => inner.hasFocus() && !hasField(inner) && void moveKeyboard(false)), true)
})

/** Whether a field has the focus, also inside shadow roots. */
function hasField({ activeElement }) {
  return activeElement?.shadowRoot ? hasField(activeElement.shadowRoot) : Boolean(activeElement?.matches('textarea, input'))
}

for (const button of document.querySelectorAll('[data-say]')) {
  button.addEventListener('click', async () => {
    const type = button.dataset.say
    try {
      const answer = await send({ type, ...(await MESSAGES[type](button)) })
      if (type === 'back' && answer.ok)
        showState(answer.consumed ? 'The chat closed its panel, so the app stays.' : 'The chat had nothing to close, so the app goes back.')
    } catch (error) {
      showState(error.message)
    }
  })
}
for (const slider of document.querySelectorAll('[data-safe]'))
  slider.addEventListener('change', () => void send({ type: 'safeArea', ...MESSAGES.safeArea() }))
for (const slider of document.querySelectorAll('[data-inset]'))
  slider.addEventListener('change', () => void send({ type: 'inset', ...MESSAGES.inset() }))
for (const slider of document.querySelectorAll('input[type=range]')) slider.addEventListener('input', layOut)
find('#keyboard-height').addEventListener('change', () => isKeyboardUp && sendsInset() && void send({ type: 'inset', ...MESSAGES.inset() }))
find('#strategy').addEventListener('change', () => {
  layOut()
  void send({ type: 'inset', ...MESSAGES.inset() })
})
find('#keyboard').addEventListener('click', () => void moveKeyboard(!isKeyboardUp))
find('#raw').addEventListener('submit', async (event) => {
  event.preventDefault()
  const text = new FormData(event.target).get('json')
  const line = write('down', 'app → page', text)
  const { imChatBridge } = frame.contentWindow
  const answer = imChatBridge ? imChatBridge.receive(text) : { ok: false, why: 'The bridge is not there yet.' }
  line.classList.toggle('refused', !answer.ok)
  line.append(code(answer))
})
for (const id of ['#platform', '#mode']) find(id).addEventListener('change', load)
find('#reload').addEventListener('click', load)
find('#clear').addEventListener('click', () => log.replaceChildren())
load()
