import type { Conversation } from './types.ts'

/** Whether there is somebody to write to who takes messages from this person. */
export const mayWrite = (conversation: Conversation | undefined): conversation is Conversation =>
  conversation !== undefined && conversation.blocked.value === undefined
