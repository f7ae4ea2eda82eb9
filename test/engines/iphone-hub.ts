import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openChromium, type ChromiumPage } from './chromium.ts'
import { pause } from './page.ts'

/**
 * A hub that does with a real Chromium what Appium with appium-xcuitest-driver does with an iPhone (read in its versions 7 to 12 and in
 * WebDriverAgent): the web view begins 59 points below the top of the screen, and a touch at a place of the page is a touch at that
 * place of the screen; an element's click is a script's unless `nativeWebTap` is set; keys of one group are typed as one text, Shift
 * among them; a field that a finger has touched brings a keyboard, one that a script has focused does not.
 */
export interface IphoneHubOptions {
  /** What each new session is refused with, in this order, before one is given. */
  readonly refusals?: readonly Refusal[]
  /** Taps on elements land so many points too high, as with drivers that guess at the bars of an unknown device. */
  readonly tapDrift?: number
  /** Settings are refused, so that an element's click stays a script's. */
  readonly hasNoSettings?: boolean
  /** Routes and `mobile:` commands that it does not know. */
  readonly lacks?: readonly string[]
  /** An app instead of Safari: the session starts outside of the web view, which comes a little later. */
  readonly isApp?: boolean
  readonly hasHardwareKeyboard?: boolean
  readonly hasNoSafeArea?: boolean
  /** Cuts the network between page and gateway, and mends it. */
  readonly onNetwork?: (isOn: boolean) => void
}

export interface Refusal {
  readonly status: number
  readonly error: string
  readonly message: string
}

export interface IphoneHub {
  /** With the base path that farms have. */
  readonly url: string
  /** What it was asked, as `POST /element/…/click` and a word on it. */
  readonly log: readonly string[]
  /** `alwaysMatch` of the sessions asked for. */
  readonly wanted: readonly Record<string, unknown>[]
  /** Scripts that a farm keeps from the page. */
  readonly told: readonly string[]
  /** Sessions open at the same time, at most. */
  readonly mostSessions: number
  stop(): Promise<void>
}

const STATUS_BAR = 59
const SCREEN = { width: 390, height: 844 }
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

/** A keyboard that covers the page and is told by visualViewport alone. */
const KEYBOARD = `(function(){
  var view=window.visualViewport,whole=Object.getOwnPropertyDescriptor(VisualViewport.prototype,'height').get,isShown=false;
  Object.defineProperty(view,'height',{configurable:true,get:function(){
    var height=whole.call(view);
    return isShown?height-(innerWidth<innerHeight?336:180):height
  }});
  function set(to){if(isShown===to)return;isShown=to;view.dispatchEvent(new Event('resize'))}
  function field(){var at=document.activeElement;while(at&&at.shadowRoot)at=at.shadowRoot.activeElement;return at&&/^(TEXTAREA|INPUT)$/.test(at.tagName)}
  document.addEventListener('focusout',function(){setTimeout(function(){if(!field())set(false)},0)},true);
  window.$keyboard={touched:function(){set(!!field())},away:function(){set(false)},isShown:function(){return isShown}}
})()`

/** Runs a script as the atoms do: elements come back as references, and are found again by them. */
const atom = (script: string, args: unknown): string => `(function(){
  var kept=window.$wdc||(window.$wdc={}),value=(function(){${script}}).apply(null,${JSON.stringify(args)});
  if(!value||value.nodeType!==1)return value===undefined?null:value;
  var id=':wdc:'+Object.keys(kept).length;
  kept[id]=value;
  return {'${ELEMENT}':id,ELEMENT:id}
})()`

const FARM_SCRIPT = /^(browserstack_executor:|sauce:|lambda-)/

class Refused extends Error {
  readonly refusal: Refusal
  constructor(status: number, error: string, message: string) {
    super(message)
    this.refusal = { status, error, message }
  }
}

class Iphone {
  readonly #page: ChromiumPage
  readonly #options: IphoneHubOptions
  readonly #since = Date.now()
  #isNative: boolean
  #isNativeTap = false
  #isLandscape = false

  constructor(page: ChromiumPage, options: IphoneHubOptions) {
    this.#page = page
    this.#options = options
    this.#isNative = options.isApp ?? false
  }

  static async start(options: IphoneHubOptions): Promise<Iphone> {
    const page = await openChromium()
    const phone = new Iphone(page, options)
    if (!options.hasHardwareKeyboard) await page.cdp.call('Page.addScriptToEvaluateOnNewDocument', { source: KEYBOARD })
    await phone.#turn(false)
    return phone
  }

  close(): Promise<void> {
    return this.#page.close()
  }

  async answer(route: string, data: Record<string, unknown>): Promise<unknown> {
    const [, id] = /^POST \/element\/([^/]+)\/click$/.exec(route) ?? []
    if (id) return this.#clickElement(decodeURIComponent(id))
    switch (route) {
      case 'GET /context':
        return this.#isNative ? 'NATIVE_APP' : 'WEBVIEW_28158.2'
      case 'GET /contexts':
        return Date.now() - this.#since < 1000 ? ['NATIVE_APP'] : ['NATIVE_APP', 'WEBVIEW_28158.2']
      case 'POST /context':
        this.#isNative = data.name === 'NATIVE_APP'
        return null
      case 'POST /appium/settings':
        if (this.#options.hasNoSettings) break
        this.#isNativeTap = (data.settings as { nativeWebTap?: boolean }).nativeWebTap === true
        return null
      case 'POST /url':
        await this.#page.goto(String(data.url))
        return null
      case 'POST /actions':
        return this.#act(data.actions as Action[])
      case 'POST /execute/sync':
        return this.#execute(String(data.script), data.args)
      case 'POST /orientation':
        return this.#turn(data.orientation === 'LANDSCAPE')
      case 'GET /screenshot':
        return (await this.#page.screenshot()).toString('base64')
    }
    throw new Refused(
      404,
      'unknown command',
      'The requested resource could not be found, or a request was received using an HTTP method that is not supported by the mapped resource',
    )
  }

  async #execute(script: string, args: unknown): Promise<unknown> {
    const [given] = args as [Record<string, unknown>?]
    switch (script) {
      case 'mobile: isKeyboardShown':
        return this.#keyboard('isShown()').then((isShown) => isShown === true)
      case 'mobile: backgroundApp':
        return this.#leave(Number(given?.seconds))
      case 'mobile: enableConditionInducer':
      case 'mobile: disableConditionInducer':
        this.#options.onNetwork?.(script.includes('disable'))
        return true
    }
    if (this.#isNative) throw new Refused(405, 'unknown method', 'Method is not implemented')
    try {
      return await this.#page.evaluate(atom(script, args))
    } catch (error) {
      throw new Refused(500, 'javascript error', (error as Error).message)
    }
  }

  /** iOS takes the keyboard away, tells the page, and lets its sockets die. */
  async #leave(seconds: number): Promise<null> {
    const tell = (state: string): Promise<unknown> =>
      this.#page.evaluate(`(Object.defineProperty(document,'visibilityState',{configurable:true,get:function(){return '${state}'}}),
        Object.defineProperty(document,'hidden',{configurable:true,get:function(){return '${state}'==='hidden'}}),
        document.dispatchEvent(new Event('visibilitychange')))`)
    await this.#keyboard('away()')
    await tell('hidden')
    this.#options.onNetwork?.(false)
    await pause(seconds * 1000)
    this.#options.onNetwork?.(true)
    await tell('visible')
    return null
  }

  async #clickElement(id: string): Promise<null> {
    const element = `window.$wdc[${JSON.stringify(id)}]`
    if (!this.#isNativeTap) {
      const events = `['mousedown','mouseup','click'].forEach(function(n){e.dispatchEvent(new MouseEvent(n,{bubbles:true,composed:true,cancelable:true}))})`
      await this.#page.evaluate(`(function(e){${events};e.focus();return 1})(${element})`)
      return null
    }
    const [x, y] = await this.#page.evaluate<[number, number]>(
      `(function(r){return [r.left+r.width/2,r.top+r.height/2]})(${element}.getBoundingClientRect())`,
    )
    await this.#touch(x, y - (this.#options.tapDrift ?? 0))
    return null
  }

  /** At a place of the page; above it is the status bar. */
  async #touch(x: number, y: number): Promise<void> {
    if (y < 0) return
    await this.#page.tap({ x, y, element: '' })
    await pause(100)
    await this.#keyboard('touched()')
  }

  #keyboard(call: string): Promise<unknown> {
    return this.#page.evaluate(`window.$keyboard?window.$keyboard.${call}:false`)
  }

  async #act(sources: readonly Action[]): Promise<null> {
    if (JSON.stringify(sources).includes(':wdc:')) {
      throw new Refused(
        400,
        'invalid argument',
        'The XCUITest driver only supports W3C actions execution in the native context. Although, your W3C action contains one or more web elements, which cannot be automatically mapped to the native context.',
      )
    }
    for (const { type, actions } of sources) {
      const move = actions.find((each) => each.type === 'pointerMove')
      // everything that points is a finger, and points at the screen
      if (type === 'pointer' && move) await this.#touchScreen(Number(move.x), Number(move.y))
      if (type !== 'key') continue
      for (const { type: kind, value } of actions) if (kind === 'keyUp') await this.#typeKey(String(value))
    }
    return null
  }

  async #touchScreen(x: number, y: number): Promise<void> {
    await this.#touch(x, y - (this.#isLandscape ? 0 : STATUS_BAR))
  }

  async #typeKey(key: string): Promise<void> {
    if (key === '\uE007') await this.#page.press('Enter')
    else if (key === '\uE003') await this.#page.press('Backspace')
    else await this.#page.type(key)
  }

  async #turn(isLandscape: boolean): Promise<null> {
    this.#isLandscape = isLandscape
    const { width, height } = SCREEN
    await this.#page.resize(isLandscape ? height : width, isLandscape ? width : height - STATUS_BAR)
    const insets = isLandscape ? { top: 0, right: 59, bottom: 21, left: 59 } : { top: 0, right: 0, bottom: 34, left: 0 }
    if (!this.#options.hasNoSafeArea) await this.#page.cdp.call('Emulation.setSafeAreaInsetsOverride', { insets })
    return null
  }
}

interface Action {
  readonly type: string
  readonly actions: readonly Record<string, unknown>[]
}

export async function openIphoneHub(options: IphoneHubOptions = {}): Promise<IphoneHub> {
  const [log, wanted, told, phones]: [string[], Record<string, unknown>[], string[], Map<string, Iphone>] = [[], [], [], new Map()]
  const refusals = [...(options.refusals ?? [])]
  let mostSessions = 0
  let count = 0

  const open = async (body: Record<string, unknown>): Promise<unknown> => {
    const { alwaysMatch } = body.capabilities as { alwaysMatch: Record<string, unknown> }
    wanted.push(alwaysMatch)
    const refusal = refusals.shift()
    if (refusal) throw new Refused(refusal.status, refusal.error, refusal.message)
    const sessionId = `iphone-${count++}`
    phones.set(sessionId, await Iphone.start(options))
    mostSessions = Math.max(mostSessions, phones.size)
    return { sessionId, capabilities: { platformName: 'iOS', browserName: 'safari', 'appium:automationName': 'XCUITest', ...alwaysMatch } }
  }

  const answer = async (method: string, path: string, body: Record<string, unknown>): Promise<unknown> => {
    if (path === '/status') return { ready: true }
    if (path === '/session') return open(body)
    const [, id = '', rest = ''] = /\/sessions?\/([^/]+)(.*)/.exec(path) ?? []
    const phone = phones.get(id)
    if (!phone) throw new Refused(404, 'invalid session id', 'A session is either terminated or not started')
    if (method === 'DELETE') {
      phones.delete(id)
      await phone.close()
      return null
    }
    const script = typeof body.script === 'string' ? body.script : ''
    const route = `${method} ${rest}`
    log.push(script.startsWith('mobile:') ? `${route} ${script}` : route)
    const missing = options.lacks?.find((each) => each === route || each === script)
    if (missing) throw new Refused(500, 'unsupported operation', `Unsupported: ${missing}`)
    if (rest === '/update_network.json') {
      options.onNetwork?.(body.networkProfile === 'reset')
      return null
    }
    if (script === 'sauce: network-profile') options.onNetwork?.((body.args as string[])[0] === 'no-throttling')
    if (!FARM_SCRIPT.test(script)) return phone.answer(route, body)
    told.push(script)
    return null
  }

  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/wd\/hub/, '')
    void readBody(request)
      .then((body) => answer(request.method ?? '', path, body))
      .then(
        (value) => ({ status: 200, value }),
        (error: unknown) => {
          const { status, ...value } = error instanceof Refused ? error.refusal : { status: 500, error: 'unknown error', message: String(error) }
          return { status, value: { ...value, stacktrace: '' } }
        },
      )
      .then(({ status, value }) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ value })))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/wd/hub`,
    log,
    wanted,
    told,
    get mostSessions() {
      return mostSessions
    },
    async stop() {
      await Promise.all([...phones.values()].map((phone) => phone.close()))
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) : {}
}
