/**
 * Preloaded into a process (`--import`), it sets that process' clock by as many ms as the file CLOCK_FILE says, again whenever the file changes:
 * what a machine's own setting of its clock does to `Date`, and, as there, not to `performance.now()`.
 */
import { readFileSync } from 'node:fs'

const RealDate = Date
let byMs = 0
const read = () => {
  byMs = Number(readFileSync(process.env.CLOCK_FILE, 'utf8')) || 0
}
read()
setInterval(read, 50).unref()

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + byMs)
    else super(...args)
  }

  static now() {
    return RealDate.now() + byMs
  }
}
