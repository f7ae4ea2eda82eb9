import type { Ports } from './ports.ts'

export interface PersonOptions {
  readonly ports: Ports
  readonly gateway: string
  /** Undefined: the guest of this device. */
  readonly token: string | undefined
  readonly device: string | undefined
  readonly to: string | undefined
  /** Every push, after it has had its effect. */
  readonly onPush: (name: string, data: unknown) => void
  /** Another window logged this person out. */
  readonly onLogout: () => void
}
