import { errors, type FetchImplementation } from 'jose'
import { readForeignJson } from '../../domain/foreign-json.ts'

/** A key set of a thousand keys has about so much. */
const MOST = { bytes: 1_048_576, depth: 16, count: 20_000 }

/** What jose fetches IM_JWKS_URL with: it clones what came, and what is too large or too deep would end in the middle of that. */
export const fetchKeySet: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options)
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new errors.JOSEError(`it was answered with status ${response.status}`)
  }
  const json = await readForeignJson(response.body, MOST)
  // jose says in its own words what is no JSON
  if ('value' in json) return Response.json(json.value)
  if (json.fault === 'json') return new Response('')
  throw new errors.JOSEError(`it is ${json.detail}`)
}
