/** What demo/deploy says fits the gateway: names of settings, times, addresses. `deploy.system.test.ts` runs what can be run. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { readConfig, SETTINGS } from '../../gateway/config.ts'

const read = (name: string): string => readFileSync(`demo/deploy/${name}`, 'utf8')
const isSetting = (name: string): boolean => Object.hasOwn(SETTINGS, name)
const DRAIN_SECONDS = readConfig({}).DRAIN_MS / 1000

interface Service {
  readonly environment?: Readonly<Record<string, string>>
  readonly stop_grace_period?: string
  readonly command?: string | readonly string[]
}
const { services } = parse(read('compose.yaml'), { merge: true }) as { services: Readonly<Record<string, Service>> }

interface Container {
  readonly env?: readonly { readonly name: string }[]
  readonly ports?: readonly { readonly containerPort: number }[]
  readonly readinessProbe?: { readonly httpGet?: { readonly path: string } }
  readonly livenessProbe?: { readonly httpGet: { readonly path: string } }
  readonly command: readonly string[]
}
interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly selector?: Readonly<Record<string, unknown>>
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> }
      readonly spec: { readonly terminationGracePeriodSeconds?: number; readonly containers: readonly Container[] }
    }
  }
}
const manifests = parseAllDocuments(read('kubernetes.yaml')).map((document) => document.toJS() as Manifest)
const manifest = (kind: string, name: string): Manifest['spec'] => manifests.find((each) => each.kind === kind && each.metadata.name === name)!.spec

test('compose.yaml: two nodes that differ in their tag alone, with settings that there are, and time to drain', () => {
  const { n1, n2 } = services
  expect(Object.keys(n1!.environment!).filter((name) => !isSetting(name))).toEqual([])
  expect({ ...n1, environment: { ...n1!.environment, NODE_TAG: 'n2' } }).toEqual(n2)
  expect(Number.parseInt(n1!.stop_grace_period!)).toBeGreaterThan(DRAIN_SECONDS)
})

test('kubernetes.yaml: every setting there is, probes that the gateway answers, labels that services select, tags of nginx.conf', () => {
  const { template } = manifest('StatefulSet', 'im-chat')
  const [gateway] = template!.spec.containers
  expect(gateway!.env!.map(({ name }) => name).filter((name) => !isSetting(name))).toEqual([])
  expect([gateway!.readinessProbe?.httpGet?.path, gateway!.livenessProbe?.httpGet.path]).toEqual(['/readyz', '/healthz'])
  expect(template!.spec.terminationGracePeriodSeconds).toBeGreaterThan(DRAIN_SECONDS)
  expect(manifest('Service', 'im-chat').selector).toEqual(manifest('Deployment', 'im-chat-nginx').template!.metadata.labels)
  const [shell, option, line] = gateway!.command
  const tags = [0, 1].map((pod) =>
    execFileSync(shell!, [option!, line!.replace(/exec node .*/, 'echo $NODE_TAG')], {
      env: { PATH: process.env.PATH, HOSTNAME: `im-chat-${pod}` },
      encoding: 'utf8',
    }).trim(),
  )
  expect(tags).toEqual(['n1', 'n2'])
  for (const [pod, tag] of tags.entries()) {
    expect(manifest('Service', `im-chat-${tag}`).selector).toEqual({ 'statefulset.kubernetes.io/pod-name': `im-chat-${pod}` })
  }
})

test('im-chat.service and Dockerfile: settings that there are, and what they start is what the package starts', () => {
  const unit = read('im-chat.service')
  const names = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, list]) => list!.split(' ').map((entry) => entry.split('=')[0]!))
  expect(names.filter((name) => name !== 'NODE_ENV' && !isSetting(name))).toEqual([])
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)![1])).toBeGreaterThan(DRAIN_SECONDS)
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> }
  expect(unit).toContain(`/opt/im-chat/${bin['im-chat']}`)
  expect(read('Dockerfile')).toContain(`CMD ["node", "${bin['im-chat']}"]`)
})
