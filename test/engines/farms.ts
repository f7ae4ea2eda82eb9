import { credentials, HubError, told, wantedOf, type Session } from './webdriver.ts'

/** What a rented farm calls things; docs/qa.md names the pages of their documentation that this is from. */
export interface Farm {
  readonly name: string
  /** The farm's own section of the capabilities. */
  readonly section: string
  readonly host: RegExp
  names(build: string, session: string): Record<string, string>
  /** The script that is told as a command and never reaches the page. */
  verdict(isPassed: boolean, reason: string): string
  readonly setNetwork?: (session: Session, isOn: boolean) => Promise<unknown>
}

const REASON_LENGTH = 255

const status = (isPassed: boolean): string => (isPassed ? 'passed' : 'failed')

export const FARMS: readonly Farm[] = [
  {
    name: 'BrowserStack',
    section: 'bstack:options',
    host: /(^|\.)browserstack\.com$/,
    names: (buildName, sessionName) => ({ buildName, sessionName }),
    verdict: (isPassed, reason) =>
      `browserstack_executor: ${JSON.stringify({ action: 'setSessionStatus', arguments: { status: status(isPassed), reason } })}`,
    async setNetwork(session, isOn) {
      const api = session.hub.hostname.endsWith('browserstack.com') ? 'https://api.browserstack.com' : session.hub.origin
      const response = await fetch(`${api}/automate/sessions/${session.id}/update_network.json`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...credentials(session.hub) },
        body: JSON.stringify({ networkProfile: isOn ? 'reset' : 'no-network' }),
      })
      if (!response.ok) throw new HubError('PUT update_network.json', response.status, '', (await response.text()).slice(0, 300))
    },
  },
  {
    name: 'Sauce Labs',
    section: 'sauce:options',
    host: /(^|\.)saucelabs\.com$/,
    names: (build, name) => ({ build, name }),
    // there is no place for a reason here
    verdict: (isPassed) => `sauce:job-result=${status(isPassed)}`,
    async setNetwork(session, isOn) {
      await session.run('POST', '/execute/sync', { script: 'sauce: network-profile', args: [isOn ? 'no-throttling' : 'no-network'] })
    },
  },
  {
    name: 'LambdaTest',
    section: 'lt:options',
    host: /(^|\.)lambdatest\.com$/,
    names: (build, name) => ({ build, name }),
    verdict: (isPassed, remark) => `lambda-hook: ${JSON.stringify({ action: 'setTestStatus', arguments: { status: status(isPassed), remark } })}`,
  },
]

export const farmOf = (hub: URL, capabilities: Readonly<Record<string, unknown>>): Farm | undefined =>
  FARMS.find(({ host, section }) => host.test(hub.hostname) || section in capabilities)

export const deviceName = (capabilities: Record<string, unknown>): string => {
  const wanted = wantedOf(capabilities)
  const sections = FARMS.map(({ section }) => wanted[section] as Record<string, unknown> | undefined)
  const names = [wanted, ...sections].map((each) => each && (told(each, 'deviceName') ?? told(each, 'udid')))
  return names.find(Boolean) ?? [told(wanted, 'browserName') ?? 'device', told(wanted, 'platformName')].filter(Boolean).join(' on ')
}

/** The capabilities with the names of build and session in the farm's section; names that are there already stay. */
export function named(hub: string, capabilities: Record<string, unknown>, build: string, session: string): Record<string, unknown> {
  const wanted = wantedOf(capabilities)
  const farm = farmOf(new URL(hub), wanted)
  if (!farm) return capabilities
  const all = { ...wanted, [farm.section]: { ...farm.names(build, session), ...(wanted[farm.section] as object | undefined) } }
  const { capabilities: whole } = capabilities
  return whole ? { ...capabilities, capabilities: { ...whole, alwaysMatch: all } } : all
}

/** Tells the farm how it went; false where there is no farm to tell. */
export async function tellVerdict(session: Session, isPassed: boolean, reason: string): Promise<boolean> {
  const farm = farmOf(session.hub, session.capabilities)
  if (!farm) return false
  await session.run('POST', '/execute/sync', { script: farm.verdict(isPassed, reason.slice(0, REASON_LENGTH)), args: [] })
  return true
}
