import { FIELD, isShown, part } from './chat.ts'
import { NotApplicable, type Check, type World } from './check.ts'
import { lastIsSeen, fill } from './checks-page.ts'
import { pause, waitFor, type Device } from './page.ts'

const device = ({ page }: World): Device => {
  if (!page.device) throw new NotApplicable('no device behind this')
  return page.device
}

/** A keyboard is never lower than this, the bars of a browser never higher. */
const KEYBOARD_LEAST = 120

const READINGS = 'imQa.readings()'

/** The composer ends where what can be seen ends, whatever has just happened; keyboards and turns take their time. */
async function composerIsRight(world: World, and = 'true'): Promise<void> {
  const { page } = world
  const expression = `(function(r){return (${and})&&Math.abs(r.composerBottom-r.visibleBottom)<=1})(${READINGS})`
  await waitFor(page, expression, 'the composer where the visible part ends', 10_000).catch(async (error: Error) => {
    const { composerBottom, visibleBottom, inner } = await page.evaluate<Record<string, unknown>>(READINGS)
    throw new Error(`${error.message}: ends at ${String(composerBottom)}, visible to ${String(visibleBottom)} of ${String(inner)}`)
  })
  await lastIsSeen(world)
}

/** Nothing that is pressed lies under a notch, a rounded corner or the home indicator. The page has to be told of them at all. */
async function isInsideSafeArea({ page }: World, ids: readonly string[]): Promise<string> {
  const { safeArea, inner } = await page.evaluate<{ safeArea: number[]; inner: [number, number] }>(READINGS)
  const [top = 0, right = 0, bottom = 0, left = 0] = safeArea
  for (const id of ids) {
    const rect = await page.evaluate<number[]>(`(function(r){return [r.top,r.right,r.bottom,r.left]})(${part(id)}.getBoundingClientRect())`)
    const [itsTop = 0, itsRight = 0, itsBottom = 0, itsLeft = 0] = rect
    const isIn = itsTop >= top - 1 && itsRight <= inner[0] - right + 1 && itsBottom <= inner[1] - bottom + 1 && itsLeft >= left - 1
    if (!isIn) throw new Error(`${id} at ${rect.map(Math.round).join(' ')} is outside the safe area ${safeArea.join(' ')} of ${inner.join('×')}`)
  }
  return safeArea.join(' ')
}

/** The chat behind its launcher, opened by a finger; without the tester's strip, which would cover its head. */
async function openByLauncher({ chat, page }: World): Promise<void> {
  await chat.open({ mode: 'launcher', overlay: 'off' })
  await page.evaluate(`(document.querySelector('im-chat').open=false)`)
  await waitFor(page, `${isShown('launcher')}&&!${isShown('composer')}`, 'the launcher, and no panel', 5000)
  await chat.touch('launcher')
  await waitFor(page, isShown('composer'), 'the panel', 5000)
}

async function isKeyboard(world: World, wanted: boolean): Promise<void> {
  const end = Date.now() + 8000
  while ((await device(world).isKeyboardShown()) !== wanted) {
    await pause(200)
    if (Date.now() > end) throw new Error(wanted ? 'no soft keyboard came (is a hardware keyboard connected?)' : 'the keyboard did not go')
  }
}

/** What only a phone has; asked of the hub and of the page, each of which may be wrong about the other. */
export const DEVICE_CHECKS: readonly Check[] = [
  {
    id: 'keyboard',
    title: 'a soft keyboard really comes and goes, and the composer stands on it',
    run: async (world) => {
      await device(world).isKeyboardShown()
      await world.chat.open()
      await fill(world)
      const [height] = await world.page.evaluate<[number]>('[innerHeight]')
      await world.chat.focus()
      await isKeyboard(world, true)
      await composerIsRight(world, `r.visibleBottom<=${height - KEYBOARD_LEAST}`)
      const stood = await world.page.evaluate<number>(`${READINGS}.visibleBottom`)
      await world.page.evaluate(`(${FIELD}.blur(),1)`)
      await isKeyboard(world, false)
      await composerIsRight(world, `r.visibleBottom>=${height - KEYBOARD_LEAST}`)
      return `stood at ${stood} of ${height}`
    },
  },
  {
    id: 'turn',
    title: 'the device is turned and turned back, without and with the keyboard',
    run: async (world) => {
      const { chat, page } = world
      await chat.open()
      await fill(world)
      const turn = async (to: 'LANDSCAPE' | 'PORTRAIT'): Promise<void> => {
        await device(world).turn(to)
        const isTurned = to === 'LANDSCAPE' ? 'innerWidth>innerHeight' : 'innerHeight>innerWidth'
        await waitFor(page, isTurned, 'the page to turn', 8000).catch(() => {
          throw new NotApplicable(`the page did not turn to ${to.toLowerCase()}: the app or the device holds it`)
        })
        await composerIsRight(world)
        await isInsideSafeArea(world, ['send', 'composer'])
      }
      try {
        await turn('LANDSCAPE')
        await turn('PORTRAIT')
        await chat.focus()
        await turn('LANDSCAPE')
      } finally {
        await device(world).turn('PORTRAIT')
      }
      await composerIsRight(world)
    },
  },
  {
    id: 'background',
    title: 'another app for five seconds: the draft is there, the message goes out',
    run: async (world) => {
      const { chat, page } = world
      await chat.open()
      await fill(world)
      const text = chat.text()
      await chat.write(text)
      await device(world).leave(5)
      await waitFor(page, `${FIELD}.value===${JSON.stringify(text)}`, 'the draft', 5000)
      await chat.live(30_000)
      await chat.focus()
      await composerIsRight(world)
      await page.press('Enter')
      await chat.delivered(text, 30_000)
    },
  },
  {
    id: 'network',
    title: 'the device loses its network: what is written is delivered when it is back, once',
    run: async (world) => {
      const { chat, page } = world
      await chat.open()
      await device(world).setNetwork(false)
      const text = chat.text()
      let from = 0
      try {
        await chat.send(text)
        await waitFor(page, 'imQa.outboxLength()>0', 'the message in the outbox', 5000)
        await waitFor(page, `document.querySelector('im-chat').getAttribute('connection')!=='live'`, 'the chat to notice', 60_000)
      } finally {
        from = Date.now()
        await device(world)
          .setNetwork(true)
          .catch((error: Error) => {
            throw new Error(`The network stays off: ${error.message}`)
          })
      }
      await chat.delivered(text, 60_000)
      return `${((Date.now() - from) / 1000).toFixed(1)} s after the network was back`
    },
  },
  {
    id: 'launcher',
    title: 'behind the launcher: a finger opens it over the whole screen, writes, and closes it',
    run: async (world) => {
      const { chat, page } = world
      await openByLauncher(world)
      const [panel, inner] = await page.evaluate<[number[], [number, number]]>(
        `[(function(r){return [r.left,r.top,r.right,r.bottom]})(${part('panel')}.getBoundingClientRect()),[innerWidth,innerHeight]]`,
      )
      const [left = 0, top = 0, right = 0, bottom = 0] = panel
      const isPhone = Math.min(...inner) < 500 && page.can.has('touch')
      if (isPhone && (left > 1 || top > 1 || right < inner[0] - 1)) throw new Error(`the panel is at ${panel.join()} of ${inner.join('×')}`)
      if (bottom > inner[1] + 1 || right > inner[0] + 1) throw new Error(`the panel ends at ${right},${bottom} of ${inner.join('×')}`)
      const text = chat.text()
      await chat.write(text)
      await page.press('Enter')
      await chat.delivered(text)
      if (isPhone) await composerIsRight(world)
      await chat.touch('close')
      await waitFor(page, `${isShown('launcher')}&&!${isShown('composer')}`, 'the launcher again', 5000)
    },
  },
  {
    id: 'safe-area',
    title: 'over the whole screen nothing that is pressed is under a notch or the home indicator',
    run: async (world) => {
      await openByLauncher(world)
      const { safeArea } = await world.page.evaluate<{ safeArea: number[] }>(READINGS)
      if (!safeArea.some((each) => each > 0)) throw new NotApplicable('the device tells of no safe area here')
      await world.page.evaluate(`(${FIELD}.blur(),1)`)
      return isInsideSafeArea(world, ['close', 'send', 'composer'])
    },
  },
]
