import { FIELD, part } from './chat.ts'
import type { Check, World } from './check.ts'
import { waitFor } from './page.ts'

const equal = (got: unknown, want: unknown, what: string): void => {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`)
}

async function twice({ chat, page }: World, act: () => Promise<void>): Promise<void> {
  await chat.open()
  const text = chat.text()
  await chat.write(text)
  await act()
  await act()
  await chat.delivered(text)
  equal(await chat.sends(), [text], 'sends')
  equal(await page.evaluate(`document.querySelector('im-chat').shadowRoot.activeElement===${FIELD}`), true, 'focus stays in the field')
}

/** One intent, one send. */
export const COMPOSER_CHECKS: readonly Check[] = [
  {
    id: 'enter',
    title: 'Enter sends once',
    run: async ({ chat, page }) => {
      await chat.open()
      const text = chat.text()
      await chat.write(text)
      await page.press('Enter')
      await chat.delivered(text)
      await page.press('Enter')
      equal(await chat.sends(), [text], 'sends')
    },
  },
  {
    id: 'click',
    title: 'the button sends once, double click too, and the focus stays',
    run: async (world) => twice(world, async () => world.page.click(await world.chat.center('send'))),
  },
  {
    id: 'tap',
    title: 'a tap sends once, a double tap too, and the focus stays',
    needs: ['touch'],
    run: async (world) => twice(world, async () => world.page.tap(await world.chat.center('send'))),
  },
  {
    id: 'new-line',
    title: 'Shift+Enter starts a line, Enter sends both',
    needs: ['shift'],
    run: async ({ chat, page }) => {
      await chat.open()
      const [one, two] = [chat.text(), chat.text()]
      await chat.write(one)
      await page.press('Enter', 'Shift')
      await page.type(two)
      await page.press('Enter')
      await waitFor(page, 'imQa.sends.length>0', 'a send', 5000)
      equal(await chat.sends(), [`${one}\n${two}`], 'sends')
    },
  },
  {
    id: 'compose',
    title: 'a tap while composing sends all of it, once',
    needs: ['compose'],
    run: async ({ chat, page }) => {
      await chat.open()
      await chat.focus()
      const text = chat.text()
      await page.compose(text.slice(0, 3))
      await page.compose(text)
      await page.tap(await chat.center('send'))
      await chat.delivered(text)
      await page.compose('か')
      await page.commit('化')
      equal(await chat.value(), '化', 'what is written after it')
    },
  },
  {
    id: 'draft',
    title: 'the draft is there after a reload',
    needs: ['storage'],
    run: async ({ chat, page }) => {
      await chat.open()
      const text = chat.text()
      await chat.write(text)
      await chat.open({}, { hasDraft: true })
      await waitFor(page, `${FIELD}.value===${JSON.stringify(text)}`, 'the draft', 5000)
    },
  },
  {
    id: 'keys-stay',
    title: 'the page behind hears no key of the chat',
    run: async ({ chat, page }) => {
      await chat.open()
      await page.evaluate(`(document.addEventListener('keydown',function(){window.leaked=(window.leaked||0)+1}),1)`)
      await chat.write(chat.text())
      equal(await page.evaluate('window.leaked||0'), 0, 'keys heard by the page')
    },
  },
  {
    id: 'zoom',
    title: 'the field has 16 px, so that iOS does not zoom',
    run: async ({ chat, page }) => {
      await chat.open()
      const size = await page.evaluate<number>(`parseFloat(getComputedStyle(${part('composer')}).fontSize)`)
      if (size < 16) throw new Error(`font-size is ${size}px`)
      const has = await page.evaluate(`'enterKeyHint' in document.createElement('textarea')`)
      if (!has) return 'no enterKeyHint here'
      equal(await page.evaluate(`${FIELD}.enterKeyHint`), 'send', 'enterkeyhint')
      return ''
    },
  },
]
