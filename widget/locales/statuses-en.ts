import type { Strings } from './strings.ts'

export const statusesEn: Strings['statuses'] = { online: 'Online', busy: 'Busy', away: 'Away', offline: 'Offline' }
