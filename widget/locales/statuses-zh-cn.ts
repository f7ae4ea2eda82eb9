import type { Strings } from './strings.ts'

export const statusesZhCn: Strings['statuses'] = { online: '在线', busy: '忙碌', away: '离开', offline: '离线' }
