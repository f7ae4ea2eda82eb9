/** The sentences of the launcher in every language: it is on screen before the other strings have loaded. */
export interface LauncherStrings {
  readonly open: string
  readonly openUnread: string
  /** The launcher was pressed and the panel is loading. */
  readonly loading: string
  /** The panel could not be loaded; the launcher tries again. */
  readonly notLoaded: string
}

/** By primary language; the first is the fallback. */
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
