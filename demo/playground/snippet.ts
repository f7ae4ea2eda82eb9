/** The text to copy: only what differs from the defaults. Pure. */
export interface Wanted {
  /** By name; true: an attribute without a value. */
  readonly attributes: Readonly<Record<string, string | true>>
  /** css variables by name. */
  readonly variables: Readonly<Record<string, string>>
  /** Declarations by the name of a part, as an engine writes them. */
  readonly parts: Readonly<Record<string, string>>
}

const LINE_CHARACTERS = 100

/** Rules for `<im-chat>`, '' where there is nothing to say. */
export function styleOf({ variables, parts }: Wanted): string {
  const own = Object.entries(variables).map(([name, value]) => `    ${name}: ${value};`)
  return [
    ...(own.length === 0 ? [] : [`  im-chat {\n${own.join('\n')}\n  }`]),
    ...Object.entries(parts).map(([name, declarations]) => `  im-chat::part(${name}) { ${declarations} }`),
  ].join('\n')
}

/** For a page: script, style and tag. `origin` is this gateway's, which stands in unless `gateway` says another. */
export function snippetOf(wanted: Wanted, origin: string): string {
  const { gateway = origin, to = 'shop:42', ...others } = wanted.attributes
  const address = gateway === true || gateway === '' || gateway === '/' ? origin : gateway.replace(/\/$/, '')
  const script = `<script async src="${escaped(`${address}/im-chat.js`)}"></script>`
  const style = styleOf(wanted)
  // a style ends at its end tag, wherever that is
  const styles = style === '' ? [] : [`<style>\n${style.replaceAll('</', String.raw`<\/`)}\n</style>`]
  return [script, ...styles, tag({ gateway: address, to, ...others })].join('\n')
}

function tag(attributes: Readonly<Record<string, string | true>>): string {
  const written = Object.entries(attributes).map(([name, value]) => (value === true ? name : `${name}=${quoted(value)}`))
  const line = `<im-chat ${written.join(' ')}></im-chat>`
  return line.length <= LINE_CHARACTERS ? line : `<im-chat\n${written.map((each) => `  ${each}`).join('\n')}\n></im-chat>`
}

const escaped = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

/** JSON reads better between single quotes. */
const quoted = (value: string): string =>
  value.includes('"') ? `'${value.replaceAll('&', '&amp;').replaceAll("'", '&#39;').replaceAll('<', '&lt;')}'` : `"${escaped(value)}"`
