/**
 * Reads JSON from a foreign server safely: at most a given number of bytes, and its depth and number of parts are checked without recursion
 * before anything walks it, clones it or checks it against a schema.
 */
import { freeFormFault } from '../protocol/free-form.ts'

export interface ForeignLimits {
  readonly bytes: number
  readonly depth: number
  /** Properties and items altogether. */
  readonly count: number
}

/** Where it cannot be used: `fault` is what is wrong, `detail` the same in words. */
export type ForeignJson = { readonly value: unknown } | { readonly fault: 'size' | 'json' | 'shape'; readonly detail: string }

/** Rejects where the body breaks off. */
export async function readForeignJson(body: AsyncIterable<Uint8Array> | null, limits: ForeignLimits): Promise<ForeignJson> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    // leaving the loop cancels the rest
    if (bytes > limits.bytes) return { fault: 'size', detail: `more than ${limits.bytes} bytes` }
    chunks.push(chunk)
  }
  const json = parsed(
    Buffer.concat(chunks)
      .toString('utf8')
      .replace(/^\uFEFF/, ''),
  )
  if ('fault' in json) return json
  switch (freeFormFault(json.value, limits)) {
    case 'depth':
      return { fault: 'shape', detail: `nested deeper than ${limits.depth}` }
    case 'count':
      return { fault: 'shape', detail: `more than ${limits.count} properties and items` }
    case undefined:
      return json
  }
}

function parsed(text: string): ForeignJson {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { fault: 'json', detail: (error as Error).name }
  }
}
