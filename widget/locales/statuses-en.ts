import type { Strings } from './strings.ts'

export const statusesEn: NonNullable<Strings['statuses']> = { online: 'Online', busy: 'Busy', away: 'Away', offline: 'Offline' }
