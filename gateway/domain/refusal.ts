import { wireRefusal, type Code, type WireRefusal } from '../protocol/codes.ts'

/** An expected "no": thrown by the domain and by doors, sent to the caller, never reported as a bug. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly wire: WireRefusal

  /** `detail` says which field or limit; `afterMs` when asking again makes sense. */
  constructor(code: Code, detail?: string, afterMs?: number) {
    const wire = wireRefusal(code, detail, afterMs)
    super(wire.message)
    this.wire = wire
  }
}
