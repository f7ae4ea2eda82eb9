/** Letters that nobody takes for others: of Latin as Europe and Vietnam write it, of scripts that look like no other. */
const PLAIN =
  /^[\w\u00df-\u00f6\u00f8-\u00ff\u0100-\u0130\u0132-\u017f\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u0590-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af-]*$/i
const CYRILLIC = /^[\d\u0400-\u045f-]+$/

/**
 * An address as it is shown. A name of a host whose letters may be taken for others is shown as the network writes it (`xn--…`): `аpple.com` with a Cyrillic а
 * is not to be read as the other. Wholly Cyrillic names stay where the domain above them is Cyrillic, too.
 */
export function shownHost(address: string, host: string): string {
  const written = /^(?:[a-z]+:\/\/)?([^/?#:]*)/i.exec(address)?.[1] ?? ''
  const labels = written.normalize('NFC').split('.')
  const isPlain = labels.every((label) => PLAIN.test(label)) || labels.every((label) => CYRILLIC.test(label))
  return isPlain ? address : address.replace(written, () => host)
}
