import { NotApplicable } from './check.ts'
import { type Device, type Page, type Spot, pause, waitFor } from './page.ts'
import { farmOf } from './farms.ts'
import { HubError, pageOver, startSession, told, type Session } from './webdriver.ts'

/**
 * A device behind a hub. Where an Appium answers, the page stands in its web view, has the device's own abilities, and on an iPhone
 * is touched by elements: appium-xcuitest-driver hands pointer actions to the device as they are, so that a place of the page is
 * taken for a place of the screen, higher by the status bar; and it types the keys of a group as one text, without modifiers.
 */
export async function openDevice(hub: string, capabilities: Record<string, unknown>): Promise<{ readonly session: Session; readonly page: Page }> {
  const session = await startSession({ hub, capabilities })
  const page = pageOver(session)
  try {
    const context = await contextOf(session)
    if (context === undefined) return { session, page: { ...page, device: deviceOf(session, false) } }
    if (context === 'NATIVE_APP') await enterWebView(session)
    return { session, page: { ...page, ...(isXcuitest(session) && (await byElements(session, page))), device: deviceOf(session, true) } }
  } catch (error) {
    await page.close()
    throw error
  }
}

/** Undefined where no Appium answers. */
const contextOf = (session: Session): Promise<string | undefined> =>
  session.run<string>('GET', '/context').catch((error: unknown) => {
    if (error instanceof HubError) return undefined
    throw error
  })

const isIos = (session: Session): boolean => /ios/i.test(told(session.capabilities, 'platformName') ?? '')

/** Apple's own safaridriver means the page's coordinates; a farm may not say who drives its iPhones, and then it is Appium's driver. */
const isXcuitest = (session: Session): boolean => /xcuitest/i.test(told(session.capabilities, 'automationName') ?? (isIos(session) ? 'XCUITest' : ''))

const WEB_VIEW_MS = 20_000

async function enterWebView(session: Session): Promise<void> {
  const end = Date.now() + WEB_VIEW_MS
  let names: string[]
  do {
    const contexts = await session.run<(string | { readonly id: string })[]>('GET', '/contexts')
    names = contexts.map((context) => (typeof context === 'string' ? context : context.id))
    const name = names.find((each) => each !== 'NATIVE_APP')
    if (name) return void (await session.run('POST', '/context', { name }))
    await pause(500)
  } while (Date.now() < end)
  throw new Error(`The hub shows ${names.join(', ')} and no web view: an app has to allow it (isInspectable, setWebContentsDebuggingEnabled).`)
}

/** How a page notes where fingers really land; gives back where the element is. */
const WATCH = `(function(element){
  if(!window.imQaTouches){
    window.imQaTouches=[];
    ['touchstart','mousedown'].forEach(function(name){window.addEventListener(name,function(event){
      var at=event.touches?event.touches[0]:event;
      window.imQaTouches.push([Math.round(at.clientX),Math.round(at.clientY),event.isTrusted])
    },true)})
  }
  window.imQaTouches.length=0;
  var r=element.getBoundingClientRect();
  return [r.left,r.top,r.right,r.bottom]
})`

async function byElements(session: Session, page: Page): Promise<Pick<Page, 'can' | 'cannot' | 'click' | 'tap'>> {
  // a driver that refuses this clicks by script; the first tap finds that out
  await session.run('POST', '/appium/settings', { settings: { nativeWebTap: true } }).catch(ignoreRefusal)
  const tap = async ({ element }: Spot): Promise<void> => {
    const [left, top, right, bottom] = await page.evaluate<[number, number, number, number]>(`${WATCH}(${element})`)
    const found = await session.run<Record<string, string>>('POST', '/execute/sync', { script: `return ${element}`, args: [] })
    await session.run('POST', `/element/${Object.values(found)[0]}/click`)
    const landed = await waitFor<[number, number, boolean]>(page, 'window.imQaTouches&&window.imQaTouches[0]', 'a touch', 2000).catch(() => undefined)
    if (!landed) throw new NotApplicable('the driver’s tap did not reach the page')
    const [x, y, isTrusted] = landed
    if (!isTrusted) throw new NotApplicable('the driver taps by script and not with a finger (nativeWebTap)')
    const isInside = x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1
    if (!isInside) throw new NotApplicable(`the driver taps beside the element: at ${x},${y} instead of ${left},${top} to ${right},${bottom}`)
  }
  return {
    can: new Set(['touch', 'modern', 'storage']),
    cannot: { shift: 'the driver types Shift as text or drops it' },
    // an iPhone has no mouse
    click: tap,
    tap,
  }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof HubError)) throw error
}

function deviceOf(session: Session, isAppium: boolean): Device {
  const { run } = session
  const mobile = (script: string, args: object = {}): Promise<unknown> => run('POST', '/execute/sync', { script, args: [args] })
  const ask = async <T>(what: string, act: () => Promise<T>, older?: () => Promise<T>): Promise<T> => {
    if (!isAppium) throw new NotApplicable(`no Appium behind this hub, so it cannot ${what}`)
    try {
      return await (older ? act().catch((error: unknown) => (error instanceof HubError ? older() : Promise.reject(error))) : act())
    } catch (error) {
      if (!(error instanceof HubError) || error.code === 'invalid session id') throw error
      throw new NotApplicable(`the hub cannot ${what}: ${error.message.slice(0, 300)}`)
    }
  }
  const setNetwork = farmOf(session.hub, session.capabilities)?.setNetwork
  return {
    async isKeyboardShown() {
      const isShown = await ask(
        'tell of the keyboard',
        () => mobile('mobile: isKeyboardShown'),
        () => run('GET', '/appium/device/is_keyboard_shown'),
      )
      if (typeof isShown !== 'boolean') throw new NotApplicable(`the hub says ${JSON.stringify(isShown)} when asked for the keyboard`)
      return isShown
    },
    turn: async (orientation) => void (await ask('turn the device', () => run('POST', '/orientation', { orientation }))),
    leave: async (seconds) =>
      void (await ask(
        'put the browser into the background',
        () => mobile('mobile: backgroundApp', { seconds }),
        () => run('POST', '/appium/app/background', { seconds }),
      )),
    setNetwork: async (isOn) =>
      void (await ask('switch the network', () => {
        if (setNetwork) return setNetwork(session, isOn)
        if (!isIos(session)) return mobile('mobile: setConnectivity', { wifi: isOn, data: isOn })
        if (isOn) return mobile('mobile: disableConditionInducer')
        return mobile('mobile: enableConditionInducer', { conditionID: 'SlowNetworkCondition', profileID: 'SlowNetwork100PctLoss' })
      })),
  }
}
