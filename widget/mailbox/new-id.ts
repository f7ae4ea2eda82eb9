import { clientId } from '../client/client-id.ts'

/** A fresh id; `crypto.randomUUID` is missing on pages without TLS. */
export const newId = (): string => clientId(() => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32)
