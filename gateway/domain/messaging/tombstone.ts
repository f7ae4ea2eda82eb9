import type { Message } from '../../protocol/model.ts'

const KIND = 'withdrawn'
/** What a client shows that does not know the kind. */
const FALLBACK = 'This message was withdrawn.'

/** What stands in a withdrawn message's place: who wrote it and when stays, what it said does not. */
export const withdrawnOf = (message: Message): Message => ({ ...message, kind: KIND, body: { text: FALLBACK } })

export const isWithdrawn = ({ kind }: Pick<Message, 'kind'>): boolean => kind === KIND
