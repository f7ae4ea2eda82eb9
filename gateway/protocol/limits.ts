/**
 * Every limit of the wire, told to the client in the CONNECT reply so that it can refuse early.
 * Lengths of text are in UTF-16 code units (what `maxlength` and `String.length` count), sizes in bytes of UTF-8.
 */
export const LIMITS = {
  /** One text message. */
  textLength: 4000,
  /** A message's body, as JSON … */
  bodyBytes: 32_768,
  /** … its arrays and objects inside each other, its own pair of braces included; the same for all data of free form … */
  bodyDepth: 16,
  /** … and its properties and items altogether. */
  bodyCount: 512,
  /** Properties and items of one packet altogether. */
  packetCount: 2048,
  /** Packets in one payload of long polling; a session that sends more ends. */
  payloadCount: 1024,
  /** One packet that is still read; anything larger is refused with `too_large`. */
  packetBytes: 65_536,
  /** The size of one packet at which the connection is cut; between the two the packet is refused. */
  lineBytes: 2_097_152,
  /** One image that is added, in bytes … */
  imageBytes: 4_194_304,
  /** … and in width times height: few bytes can unfold to more than a phone has memory for. */
  imagePixels: 50_000_000,
  /** A participant id, a client id, a device id. */
  idLength: 64,
  /** A conversation id: two sides and a separator. */
  conversationLength: 136,
  /** One answer: what does not fit is told by `more`. */
  answerBytes: 524_288,
  /** Missed messages of one resume, in all; of one conversation as an answer. */
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
  /** What an agent tells a customer who is blocked, or a colleague with a transfer. */
  reasonLength: 500,
  /** An agent's note on a conversation. */
  noteLength: 2000,
  /** Notes on one conversation; the oldest go. */
  noteCount: 200,
  /** The text of a quick reply; its title and folder have 80. */
  quickReplyLength: 2000,
  /** Quick replies of one shop, and of one agent. */
  quickReplyCount: 500,
  /** Persons whom one person may block. */
  blockedPersonCount: 500,
  /** Missed messages a resume sends per conversation before it tells the client to load again. */
  missedCount: 200,
  /** From the opening of a session to its accepted hello. */
  helloMs: 10_000,
  /** Heartbeat of both doors: a ping every … */
  pingIntervalMs: 25_000,
  /** … and its answer within. */
  pingTimeoutMs: 10_000,
} as const

export type Limits = { readonly [K in keyof typeof LIMITS]: number }
