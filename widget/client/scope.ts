/**
 * Whose things are kept: the participant a pass names (`src` + `sub`), read without checking, because what one person
 * wrote on a shared phone must not be painted for the next before the gateway has answered. Bytes stay bytes: a name is told from
 * others and never shown. A pass that cannot be read, which no gateway takes, is its own scope by its end.
 */
export function scopeOf(token: string): string {
  try {
    const json = atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'))
    const { src = '', sub } = JSON.parse(json) as { src?: string; sub?: string }
    if (sub) return src + sub
  } catch {
    // Not a JWT.
  }
  return '~' + token.slice(-16)
}
