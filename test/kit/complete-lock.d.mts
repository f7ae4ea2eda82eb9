interface Locked {
  readonly version?: string
  readonly dev?: boolean
  readonly integrity?: string
  readonly link?: boolean
  readonly engines?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

interface Lock {
  readonly packages: Readonly<Record<string, Locked>>
}

export function missingBuilds(lock: Lock): [string, Record<string, unknown>][]
export function withoutIntegrity(lock: Lock): string[]
export function tooNew(lock: Lock, isPromised: (range: string) => boolean): [string, string, string][]
