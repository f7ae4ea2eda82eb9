import { errors, type FetchImplementation } from 'jose'
import { readForeignJson } from '../../domain/foreign-json.ts'

/** About the size of a set with a thousand keys. */
const MOST = { bytes: 1_048_576, depth: 16, count: 20_000 }

/** Fetches IM_JWKS_URL for jose with limits, because jose clones the answer, which fails half-way if it is too large or too deep. */
export const fetchKeySet: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options)
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new errors.JOSEError(`it was answered with status ${response.status}`)
  }
  const json = await readForeignJson(response.body, MOST)
  // an empty body: jose reports the invalid JSON itself
  if ('value' in json) return Response.json(json.value)
  if (json.fault === 'json') return new Response('')
  throw new errors.JOSEError(`it is ${json.detail}`)
}
