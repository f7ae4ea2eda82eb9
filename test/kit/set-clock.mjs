/**
 * Preloaded into a process (`--import`), moves its clock by the ms in the file CLOCK_FILE, again whenever the file changes:
 * `Date` changes and `performance.now()` does not, as when somebody sets the machine's clock.
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
