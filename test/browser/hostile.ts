/** Names and texts of people who would like to break a layout, each as long as it may be. */

/** Marks that fonts stack, that enclose, and that no font has: the last take room and cannot be broken. */
const MARKS = '\u0301\u0323\u0334\u0489\u0350\u035c\u20dd\u1ab0'

const times = (text: string, length: number): string => text.repeat(Math.ceil(length / text.length)).slice(0, length)

export const MARKUP = '<script>alert(1)</script></span></div><iframe src="//x"></iframe><img src=x onerror=alert(1)>'

export const hostileTexts = (length: number): Readonly<Record<string, string>> => ({
  tower: `a${times(MARKS, length - 1)}`,
  wall: times(`Z${MARKS}`, length),
  wide: times('W', length),
  widest: times('﷽', length),
  markup: MARKUP.slice(0, length),
  turned: `\u202e${times('turned \u2067', length - 1)}`,
  far: `up${times('\n', length - 6)}down`,
})

export const HOSTILE_NAMES: Readonly<Record<string, string>> = { ...hostileTexts(80), nobody: '\u200b\u200d\u2060\u3164' }
