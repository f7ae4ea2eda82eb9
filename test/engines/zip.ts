// by its default, so that a Node without crc32 only lacks zip and not the whole file
import zlib from 'node:zlib'

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const VERSION = 20
/** 1 January 1980, the first day that a zip knows: the same files give the same archive. */
const DAY_ONE = 0x21

/** Files as a zip, stored and not pressed again: what goes in here is pressed already. */
export function zip(files: readonly (readonly [name: string, bytes: Buffer])[]): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const [name, bytes] of files) {
    const title = Buffer.from(name)
    //             flags, method, time, date                                  lengths                       extra
    const common = [u16(0x0800, 0, 0, DAY_ONE), u32(zlib.crc32(bytes), bytes.length, bytes.length), u16(title.length, 0)]
    const head = Buffer.concat([u32(LOCAL), u16(VERSION), ...common, title])
    local.push(head, bytes)
    //                                                                comment, disk, internal  external, where
    central.push(u32(CENTRAL), u16(VERSION, VERSION), ...common, u16(0, 0, 0), u32(0, at), title)
    at += head.length + bytes.length
  }
  const index = Buffer.concat(central)
  return Buffer.concat([...local, index, u32(END), u16(0, 0, files.length, files.length), u32(index.length, at), u16(0)])
}

const u16 = (...values: number[]): Buffer => Buffer.from(new Uint16Array(values).buffer)

const u32 = (...values: number[]): Buffer => Buffer.from(new Uint32Array(values).buffer)
