declare module 'fs-native-extensions' {
  /** Takes a lock of the whole file, exclusive unless `shared`, that belongs to this opening of it; false: another opening has it. */
  export function tryLock(fd: number, options?: { readonly shared: boolean }): boolean
}
