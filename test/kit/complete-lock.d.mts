interface Locked {
  readonly version?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export function missingBuilds(lock: { readonly packages: Readonly<Record<string, Locked>> }): [string, Record<string, unknown>][]
