import type { DeskAction } from '../../locales/mailbox-strings.ts'

/** What the keys of a desk can do; each returns false where there is nothing to do now. */
export interface DeskActions {
  step(by: 1 | -1): boolean
  nextUnread(): boolean
  focus(selector: string): boolean
  quickReplies(): boolean
  send(): boolean
  note(): boolean
  picture(): boolean
  emoji(): boolean
  order(): boolean
  claim(): boolean
  close(): boolean
  transfer(): boolean
  accept(): boolean
  decline(): boolean
  block(): boolean
  details(): void
  mute(): void
}

export const DESK_ACTIONS: Readonly<Record<Exclude<DeskAction, 'sheet'>, (acts: DeskActions) => boolean>> = {
  next: (acts) => acts.step(1),
  previous: (acts) => acts.step(-1),
  nextUnread: (acts) => acts.nextUnread(),
  search: (acts) => acts.focus('.list input[type=search]'),
  composer: (acts) => acts.focus('.composer textarea'),
  send: (acts) => acts.send(),
  quickReplies: (acts) => acts.quickReplies(),
  note: (acts) => acts.note(),
  picture: (acts) => acts.picture(),
  emoji: (acts) => acts.emoji(),
  order: (acts) => acts.order(),
  claim: (acts) => acts.claim(),
  close: (acts) => acts.close(),
  transfer: (acts) => acts.transfer(),
  accept: (acts) => acts.accept(),
  decline: (acts) => acts.decline(),
  block: (acts) => acts.block(),
  status: (acts) => acts.focus('.status-switch select'),
  details: (acts) => (acts.details(), true),
  mute: (acts) => (acts.mute(), true),
}
