import type { Forms } from './strings.ts'

type Table = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null

const FORM = /^(zero|one|two|few|many|other|tag)$/

function isForms(value: unknown): value is Forms {
  try {
    return (
      isTable(value) && typeof value.other === 'string' && Object.entries(value).every(([key, each]) => FORM.test(key) && typeof each === 'string')
    )
  } catch {
    return false
  }
}

/** A getter of the page may throw. */
function read(layer: unknown, key: string): unknown {
  try {
    return isTable(layer) ? layer[key] : undefined
  } catch {
    return null
  }
}

export interface Layers {
  /** The first that has a usable sentence gives it. */
  readonly layers: readonly unknown[]
  /** The language of the layers: its plural rules choose among forms. */
  readonly tag: string
  /** Takes the path of each entry that is there and is no text. */
  readonly onBad: (path: string) => void
}

/**
 * `english` with the sentences of the layers, which are texts of the page and of files that may be of another release: nothing about them is sure.
 * What is of another kind is left out, what is unknown is ignored.
 */
export function complete<T>(english: T, { layers, tag, onBad }: Layers, path = ''): T {
  const made: Record<string, unknown> = {}
  for (const [key, native] of Object.entries(english as Table)) {
    const at = path ? `${path}.${key}` : key
    const found = layers.map((layer) => read(layer, key)).filter((each) => each !== undefined)
    if (typeof native === 'string' || isForms(native)) {
      const isUsable = (each: unknown): boolean => typeof each === 'string' || (typeof native !== 'string' && isForms(each))
      for (const each of found) if (!isUsable(each)) onBad(at)
      const usable = found.find(isUsable)
      made[key] = isTable(usable) ? { ...usable, tag } : (usable ?? native)
    } else {
      for (const each of found) if (!isTable(each)) onBad(at)
      made[key] = complete(native, { layers: found, tag, onBad }, at)
    }
  }
  return made as T
}
