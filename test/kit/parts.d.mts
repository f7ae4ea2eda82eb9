export function isWithSockets(file: string): boolean
export function partOf(args: readonly string[]): [part: string, rest: string[]]
