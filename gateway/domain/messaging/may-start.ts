import { isGuestId, isShopSide } from '../../protocol/keys.ts'
import type { Identity } from '../../protocol/model.ts'
import type { Seen } from './access.ts'

/** Which persons may start conversations with each other: those who are signed in, none, or all. With shops everybody may. */
export type Direct = 'signed-in' | 'off' | 'on'

/** Whether this may be the conversation's first message. Shops and backends may write to anybody. */
export function mayStart(direct: Direct, { role }: Identity, { mine, theirs }: Seen): boolean {
  if (role !== 'customer' || isShopSide(theirs) || direct === 'on') return true
  return direct === 'signed-in' && !isGuestId(mine) && !isGuestId(theirs)
}
