/** Keyboards of Apple have other modifier keys, and write them as signs. */
export const IS_MAC = typeof navigator === 'object' && /Mac|iP(hone|ad|od)/.test(navigator.platform)
