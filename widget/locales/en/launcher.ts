import type { LauncherStrings } from '../strings.ts'

export const launcher: LauncherStrings = {
  open: 'Open chat',
  openUnread: { other: 'Open chat, {n} unread' },
  loading: 'Loading the chat',
  notLoaded: 'The chat could not be loaded. Trying again.',
}
