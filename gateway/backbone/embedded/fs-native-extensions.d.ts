declare module 'fs-native-extensions' {
  /** Takes an exclusive lock of the whole file that belongs to this opening of it; false: another opening has it. */
  export function tryLock(fd: number): boolean
}
