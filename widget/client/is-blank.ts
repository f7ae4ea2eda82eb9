/** Spaces, and characters without a width or a shape of their own; the surrogate pair: tags and selectors from U+E0000 on. */
const UNSEEN =
  /\s|\u034f|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u17b4-\u17b5]|[\u00ad\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udfff]/g

/** Whether a person would see nothing of this text. */
export const isBlank = (text: string): boolean => text.replace(UNSEEN, '') === ''
