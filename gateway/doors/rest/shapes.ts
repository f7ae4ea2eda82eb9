/** Bodies of the REST door; openapi.ts tells them to backends. */
import { Type, type Static } from 'typebox'
import { Body, ConversationId, Id, Kind } from '../../protocol/model.ts'
import { check } from '../validator.ts'

const YEAR_MS = 365 * 86_400_000
const Name = Type.String({ maxLength: 80 })

export const PassRequest = Type.Object(
  {
    sub: Id,
    src: Type.Optional(Type.String({ maxLength: 32 })),
    role: Type.Union([Type.Literal('customer'), Type.Literal('agent')]),
    shop: Type.Optional(Id),
    name: Type.Optional(Name),
    avatar: Type.Optional(Type.String({ maxLength: 500 })),
    ttlMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: YEAR_MS })),
  },
  { additionalProperties: false },
)

export const Guest = Type.Object({ name: Type.Optional(Name) })

export const SystemMessage = Type.Object({ conversation: ConversationId, id: Type.Optional(Id), kind: Type.Optional(Kind), body: Body })

const passRequest = check(PassRequest)
const guest = check(Guest)
const systemMessage = check(SystemMessage)

export function checkPassRequest(value: unknown): asserts value is Static<typeof PassRequest> {
  passRequest(value)
}

export function checkGuest(value: unknown): asserts value is Static<typeof Guest> {
  guest(value)
}

export function checkSystemMessage(value: unknown): asserts value is Static<typeof SystemMessage> {
  systemMessage(value)
}
