import { FIELD, isShown, part } from './chat.ts'
import { NotApplicable, type Check, type World } from './check.ts'
import { pause, waitFor } from './page.ts'
import { readTraces, replayTrace } from './trace.ts'

const RECT = (expression: string): string => `(function(r){return [r.left,r.top,r.right,r.bottom]})(${expression}.getBoundingClientRect())`

const near = (got: number, want: number, what: string): void => {
  if (Math.abs(got - want) > 1) throw new Error(`${what} is at ${got} instead of ${want}`)
}

/** The last bubble ends above the composer and inside the list. */
export async function lastIsSeen({ page }: World): Promise<void> {
  const last = `(function(a){return a[a.length-1]})(document.querySelector('im-chat').shadowRoot.querySelectorAll('[data-test=message]'))`
  const places = `[${last}.getBoundingClientRect().bottom,${part('form')}.getBoundingClientRect().top]`
  await waitFor(page, `(function(p){return p[0]<=p[1]+1})(${places})`, 'the last bubble above the composer', 2000).catch(async (error: Error) => {
    throw new Error(`${error.message} ${(await page.evaluate<number[]>(places)).join(' and ')}`)
  })
}

export async function fill({ chat }: World): Promise<void> {
  const texts = Array.from({ length: 4 }, () => chat.text())
  for (const text of texts) await chat.send(text)
  await chat.delivered(texts[3] ?? '')
}

const composerBottom = `${part('form')}.getBoundingClientRect().bottom`

/** Makes `visualViewport` say what a phone's would with the keyboard over the page; events as phones send them. */
const STUB = `(function(h,t){var v=window.visualViewport,s=window.__vv||(window.__vv={height:v.height,offsetTop:0});s.height=h;s.offsetTop=t;
  ['height','offsetTop'].forEach(function(k){Object.defineProperty(v,k,{configurable:true,get:function(){return s[k]}})});
  ['resize','scroll'].forEach(function(n){v.dispatchEvent(new Event(n))});return 1})`

/** The element on a page: it loads, it looks right, it stands where it should. */
export const PAGE_CHECKS: readonly Check[] = [
  {
    id: 'loads',
    title: 'the loader picks a bundle that runs; no error, no policy violation',
    run: async ({ chat, page }) => {
      await chat.open()
      const errors = await chat.errors()
      if (errors.length > 0) throw new Error(errors.join(' · '))
      const bundle = await page.evaluate<string>('imQa.deviceReport().bundle')
      const isNew = await page.evaluate<boolean>(`'at' in Array.prototype`)
      const want = !page.can.has('modern') ? 'im-chat.legacy.js' : isNew ? 'modern/im-chat.js' : 'es2017/im-chat.js'
      if (bundle !== want) throw new Error(`${bundle} instead of ${want}`)
      return bundle
    },
  },
  {
    id: 'strict-csp',
    title: 'under a strict CSP and Trusted Types, among hostile styles: styled, and a message goes out',
    run: async ({ chat, page }) => {
      if (!page.can.has('modern')) throw new NotApplicable('polyfills need inline styles')
      await page.goto(chat.beside('hostile-page.html'))
      if (!(await page.evaluate(`!!document.querySelector('im-chat')`))) throw new NotApplicable('no such page there')
      const button = `getComputedStyle(${part('launcher')})`
      await waitFor(
        page,
        `document.querySelector('im-chat').shadowRoot&&${button}.visibility==='visible'&&${button}.cursor==='pointer'`,
        'a styled launcher',
      )
      await page.click(await chat.center('launcher'))
      await waitFor(page, isShown('composer'), 'the panel')
      const text = chat.text()
      await chat.write(text)
      await page.press('Enter')
      const sent = `[].some.call(document.querySelector('im-chat').shadowRoot.querySelectorAll('.own'),function(row){
        return row.textContent.indexOf('${text}')>=0&&/sent|delivered|read/.test(row.getAttribute('data-state'))})`
      await waitFor(page, sent, 'the message')
      const broken = await page.evaluate<string>(`document.getElementById('violations').textContent`)
      if (broken !== 'none' && (await page.evaluate(`'adoptedStyleSheets' in document`))) throw new Error(`violations: ${broken}`)
    },
  },
  {
    id: 'styled',
    title: 'styles apply: own and other bubbles, button, field, all inside the screen',
    run: async (world) => {
      const { chat, page } = world
      await chat.open()
      const text = chat.text()
      await chat.send(text)
      await chat.delivered(text)
      const colour = await page.evaluate<string>(
        `getComputedStyle(document.querySelector('im-chat').shadowRoot.querySelector('.own .bubble')).backgroundColor`,
      )
      if (/transparent|, 0\)$/.test(colour)) throw new Error(`an own bubble has no colour (${colour})`)
      const [composer, send, width, height] = await page.evaluate<[number[], number[], number, number]>(
        `[${RECT(part('form'))},${RECT(part('send'))},innerWidth,innerHeight]`,
      )
      near(composer[3] ?? 0, height, 'the composer’s bottom')
      if ((send[2] ?? 0) > width + 1 || (send[2] ?? 0) - (send[0] ?? 0) < 32) throw new Error(`the send button is at ${send.join()} of ${width}`)
      await lastIsSeen(world)
    },
  },
  {
    id: 'focus-place',
    title: 'after a tap into the field the composer ends where the visible part ends',
    run: async (world) => {
      await world.chat.open()
      await fill(world)
      await world.chat.focus()
      await pause(1200)
      const { composerBottom: got, visibleBottom } = await world.page.evaluate<{ composerBottom: number; visibleBottom: number }>('imQa.readings()')
      near(got, visibleBottom, 'the composer’s bottom')
      await lastIsSeen(world)
      return `at ${got}`
    },
  },
  {
    id: 'keyboard-resize',
    title: 'a keyboard that shrinks the page (adjustResize)',
    needs: ['resize'],
    run: async (world) => {
      const { chat, page } = world
      const [width, height] = await page.evaluate<[number, number]>('[innerWidth,innerHeight]')
      await chat.open()
      await fill(world)
      await chat.focus()
      const outer = page.engine.startsWith('WebKitGTK') ? 38 : 0
      try {
        await page.resize(width, height - 336 + outer)
        await waitFor(page, `Math.abs(${composerBottom}-innerHeight)<=1&&innerHeight<${height - 200}`, 'the composer at the new bottom', 5000)
        await lastIsSeen(world)
      } finally {
        await page.resize(width, height + outer)
      }
      await waitFor(page, `Math.abs(${composerBottom}-innerHeight)<=1`, 'the composer at the old bottom', 5000)
    },
  },
  {
    id: 'keyboard-visual',
    title: 'a keyboard that covers the page (visualViewport told, iOS pan included)',
    run: async (world) => {
      const { chat, page } = world
      if (!(await page.evaluate('!!window.visualViewport'))) throw new NotApplicable('no visualViewport here')
      await chat.open()
      await fill(world)
      await chat.focus()
      const height = await page.evaluate<number>('innerHeight')
      const shown = Math.round(height * 0.6)
      await page.evaluate(`${STUB}(${shown},0)`)
      await waitFor(page, `Math.abs(${composerBottom}-${shown})<=1`, 'the composer above the keyboard', 5000)
      await lastIsSeen(world)
      await page.evaluate(`${STUB}(${shown},60)`)
      await waitFor(page, `Math.abs(${composerBottom}-${shown + 60})<=1`, 'the composer above the keyboard of a panned page', 5000)
      await page.evaluate(`${STUB}(${height},0)`)
      await waitFor(page, `Math.abs(${composerBottom}-${height})<=1`, 'the composer back at the bottom', 5000)
    },
  },
  {
    id: 'traces',
    title: 'every trace of test/traces sends exactly what it should and leaves the rest in the field (replayed by script)',
    run: async ({ chat, page }) => {
      await chat.open({ faults: 'offline' }, { isLive: false })
      const wrong: string[] = []
      const traces = readTraces()
      for (const [file, trace] of traces) {
        await chat.clear()
        const field = await replayTrace(page, FIELD, trace)
        const got = { sends: await chat.sends(), field }
        const want = { field, ...trace.expect }
        if (JSON.stringify([got.sends, got.field]) !== JSON.stringify([want.sends, want.field])) wrong.push(`${file}: ${JSON.stringify(got)}`)
      }
      // Otherwise the next check waits until the gateway has let all of them in.
      await chat.forget()
      if (wrong.length > 0) throw new Error(`${wrong.length} of ${traces.size} wrong: ${wrong.slice(0, 3).join(' · ')}`)
      return `${traces.size} traces`
    },
  },
]
