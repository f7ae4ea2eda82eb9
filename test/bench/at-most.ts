/** Calls `step` `times` times, with at most `count` of them under way. */
export async function atMost(count: number, times: number, step: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next < times) await step(next++)
  }
  await Promise.all(Array.from({ length: Math.min(count, times) }, work))
}
