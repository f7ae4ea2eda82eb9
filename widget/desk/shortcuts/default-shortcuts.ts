import type { Chord } from './shortcuts.ts'
import type { DeskAction } from '../../locales/mailbox-strings.ts'

/** The keys of `<im-desk>` unless the page or the person says otherwise. */
export const DESK_SHORTCUTS: Readonly<Record<DeskAction, Chord>> = {
  next: 'Alt+ArrowDown',
  previous: 'Alt+ArrowUp',
  nextUnread: 'Alt+U',
  search: '/',
  composer: 'Alt+M',
  send: 'Mod+Enter',
  quickReplies: 'Alt+Q',
  note: 'Alt+N',
  picture: 'Alt+P',
  emoji: 'Alt+E',
  order: 'Alt+O',
  claim: 'Alt+C',
  close: 'Alt+W',
  transfer: 'Alt+T',
  accept: 'Alt+Y',
  decline: 'Alt+X',
  block: 'Alt+B',
  status: 'Alt+A',
  details: 'Alt+I',
  mute: 'Alt+S',
  sheet: '?',
}
