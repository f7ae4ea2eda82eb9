import { Refusal } from './refusal.ts'

/** It would become another text on its way to a store, and two keys could become one. */
const BROKEN = /[\p{Surrogate}\p{Cc}]/u

/** Refuses an id of a client's making that cannot be the key of a record. */
export function checkKey(id: string): void {
  if (BROKEN.test(id)) throw new Refusal('bad_request', 'id is not well-formed text')
}
