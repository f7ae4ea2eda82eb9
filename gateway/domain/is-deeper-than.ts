/** Whether arrays and objects are nested in each other more than `depth` times. Never goes deeper itself: deep JSON overflows the stack. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((inner) => isDeeperThan(inner, depth - 1))
}
