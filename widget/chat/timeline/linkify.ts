import { onDemand, type Asker } from '../../ui/on-demand.ts'
import type { TemplateResult } from 'lit'

/** Without any of these there is no address in a text: a dot or an at sign between two characters, or five digits of a phone number. */
const MAYBE = /\S[.@]\S|\d[\d ().-]{3,}\d/

const links = onDemand(() => import('./links.ts').then((script) => script.links))

/** Text with its addresses, e-mail addresses and phone numbers as links that have no access to the page. Until the script has come all of it is text. */
export const linkify = (text: string, asker: Asker): readonly (string | TemplateResult)[] => (MAYBE.test(text) && links(asker)?.(text)) || [text]
