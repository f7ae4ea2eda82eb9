import { expect, test } from 'vitest'
import { BackendAnswers } from '../../../gateway/domain/backend-answers.ts'

test('what was learned while a request was under way stays: the request may bring what was there before', async () => {
  const answers = new BackendAnswers<{ name: string }>({ now: () => 1, uptime: () => 1, wait: () => new Promise(() => undefined) })
  for (const isFailure of [false, true]) {
    const key = String(isFailure)
    let end = (): void => undefined
    const asked = new Promise<{ name: string }>((resolve, reject) => {
      end = () => (isFailure ? reject(new Error('down')) : resolve({ name: 'old' }))
    })
    const before = answers.recent(key, () => asked)
    answers.learn(key, { name: 'new' })
    end()
    expect(await before).toEqual({ name: 'new' })
    expect(await answers.look(key, () => Promise.reject(new Error('asked again')))).toEqual({ state: 'ready', info: { name: 'new' }, at: 1 })
  }
})
