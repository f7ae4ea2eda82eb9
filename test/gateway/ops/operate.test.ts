/** What docs/operate.md, the dashboard and the alerts say about metrics, compared with what a gateway tells. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'

const FOLDER = 'demo/deploy/monitoring'
const doc = readFileSync('docs/operate.md', 'utf8')
const alerts = readFileSync(`${FOLDER}/alerts.yml`, 'utf8')

let gateway: StartedGateway
let figures: string

beforeAll(async () => {
  gateway = await startGateway({}, { isProcess: true })
  figures = await (await fetch(`${gateway.url}/metrics`)).text()
})
afterAll(() => gateway.stop())

interface Metric {
  readonly name: string
  readonly help: string
  readonly type: string
}

const metrics = (): Metric[] =>
  [...figures.matchAll(/^# HELP (\S+) (.*)\n# TYPE \1 (\w+)$/gm)].map(([, name, help, type]) => ({ name: name!, help: help!, type: type! }))

/** The names in an expression of Prometheus, without the suffixes of a histogram. */
const namesIn = (expression: string): string[] =>
  [...expression.matchAll(/\b(?:im|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, ''))

test('each metric of the gateway is in the table of docs/operate.md, in the words of its help', () => {
  const rows = metrics()
    .filter(({ name }) => name.startsWith('im_'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, help, type }) => `| \`${name}\` | ${type} | ${help} |`)
  const said = /<!-- metrics:[^>]*-->\n([\s\S]*?)\n<!-- \/metrics -->/.exec(doc)?.[1]
  expect(said).toBe(['| Metric | Kind | What it counts |', '|---|---|---|', ...rows].join('\n'))
})

test('the dashboard and the alerts ask for metrics that exist', () => {
  const { panels } = JSON.parse(readFileSync(`${FOLDER}/grafana.json`, 'utf8')) as { panels: { targets: { expr: string }[] }[] }
  const asked = new Set([...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), alerts].flatMap(namesIn))
  const known = new Set(metrics().map(({ name }) => name))
  expect([...asked].filter((name) => !known.has(name))).toEqual([])
  expect(asked.size).toBeGreaterThan(15)
})

test('each alert has its section in docs/operate.md, and a test of its own', () => {
  const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!)
  expect([...doc.matchAll(/^### (\w+)$/gm)].map(([, name]) => name)).toEqual(names)
  expect([...alerts.matchAll(/runbook: docs\/operate\.md#(\w+)/g)].map(([, anchor]) => anchor)).toEqual(names.map((name) => name.toLowerCase()))
  const tested = new Set([...readFileSync(`${FOLDER}/alerts.test.yml`, 'utf8').matchAll(/alertname: (\w+)/g)].map(([, name]) => name!))
  expect(names.filter((name) => !tested.has(name))).toEqual([])
})

test('Prometheus reads the alerts, and they fire when they should', async () => {
  const run = promisify(execFile)
  await run('promtool', ['check', 'rules', `${FOLDER}/alerts.yml`])
  await run('promtool', ['test', 'rules', `${FOLDER}/alerts.test.yml`])
})
