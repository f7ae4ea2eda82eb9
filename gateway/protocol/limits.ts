/**
 * Every limit of the wire. The welcome contains them, so that a client can refuse early.
 * Lengths of text are in UTF-16 code units (as `maxlength` and `String.length` count), sizes in bytes of UTF-8.
 */
export const LIMITS = {
  /** One text message. */
  textLength: 4000,
  /** A message's body, as JSON. */
  bodyBytes: 32_768,
  /** How deep a body's arrays and objects nest, its own braces included. All data of free form has this limit. */
  bodyDepth: 16,
  /** A body's properties and items altogether. All data of free form has this limit. */
  bodyCount: 512,
  /** A packet's properties and items altogether. */
  packetCount: 2048,
  /** Packets in one payload of long polling. A session that sends more ends. */
  payloadCount: 1024,
  /** One packet. A larger one is refused with `too_large`. */
  packetBytes: 65_536,
  /** One packet, too. Above this size the connection is cut. */
  lineBytes: 2_097_152,
  /** An uploaded image, in bytes. */
  imageBytes: 4_194_304,
  /** An uploaded image's width times its height: a few bytes can decode to more than a phone has memory for. */
  imagePixels: 50_000_000,
  /** A participant id, a client id, a device id. */
  idLength: 64,
  /** A conversation id: two sides and a separator. */
  conversationLength: 136,
  /** One answer. `more` says that something did not fit. */
  answerBytes: 524_288,
  /** The missed messages of one resume altogether; those of one conversation have `answerBytes`. */
  resumeBytes: 2_097_152,
  /** Messages in one page of history. */
  pageCount: 100,
  /** Conversations in one page of a list. */
  listCount: 100,
  /** Open and waiting conversations of a shop in one answer. */
  queueCount: 500,
  /** Conversations one resume may name. */
  resumeCount: 100,
  /** What `changeUser` carries, as it is published, in bytes. */
  changeUserBytes: 4096,
  /** An agent's reason to a blocked customer, or note to a colleague with a transfer. */
  reasonLength: 500,
  /** An agent's note on a conversation. */
  noteLength: 2000,
  /** Notes on one conversation; above it the oldest are deleted. */
  noteCount: 200,
  /** What a customer adds to a rating. 0 in the welcome: nobody is asked for one. */
  ratingLength: 300,
  /** The text of a quick reply; its title and folder have 80. */
  quickReplyLength: 2000,
  /** Quick replies of one shop, and of one agent. */
  quickReplyCount: 500,
  /** Persons whom one person may block. */
  blockedPersonCount: 500,
  /** Missed messages of one conversation that a resume sends; above it the client has to reload. */
  missedCount: 200,
  /** How long after it was written a message may be withdrawn. */
  withdrawMs: 120_000,
  /** From the opening of a session to its accepted hello. */
  helloMs: 10_000,
  /** The time between two pings, on both socket doors. */
  pingIntervalMs: 25_000,
  /** The time in which a ping has to be answered. */
  pingTimeoutMs: 10_000,
} as const

export type Limits = { readonly [K in keyof typeof LIMITS]: number }
