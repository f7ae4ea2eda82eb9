/** What the button in the corner says, in every language: it is there before the rest of a language could be fetched. */
export interface LauncherStrings {
  readonly open: string
  readonly openUnread: string
  /** It was pressed, and the chat is on its way. */
  readonly loading: string
  /** It could not be fetched; it is tried again. */
  readonly notLoaded: string
}

/** By primary language; the first is what everybody else gets. */
export const LAUNCHER_STRINGS: Readonly<Record<string, LauncherStrings>> = {
  en: {
    open: 'Open chat',
    openUnread: 'Open chat, {n} unread',
    loading: 'Loading the chat',
    notLoaded: 'The chat could not be loaded. Trying again.',
  },
  zh: {
    open: '打开聊天',
    openUnread: '打开聊天，{n} 条未读',
    loading: '正在加载聊天',
    notLoaded: '聊天加载失败，正在重试。',
  },
}
