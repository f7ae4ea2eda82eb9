/**
 * Where the bytes of pictures wait for which the local storage has no room. Its keys are those of the local storage, with the gateway's and the person's
 * prefix, so that one logout erases both. Every method may reject: the store may be absent, forbidden or full.
 */
export interface PictureStore {
  /**
   * Resolves once it would survive the page. Rejects where there is no room left by the store's own bounds. `isWanted`: whether something still refers
   * to a key; what nothing refers to makes room.
   */
  put(key: string, url: string, context: { readonly now: number; readonly isWanted: (key: string) => boolean }): Promise<void>
  get(key: string): Promise<string | undefined>
  /** Removes every key that begins with `prefix`. */
  remove(prefix: string): Promise<void>
}
