/** What the playground offers, made from the table of the elements: a new attribute, part or css variable has its control by being in the table. */
import { attributesOf, wordsOf } from '../../widget/reference/reference-files.ts'
import type { CssVariableDoc, ElementDoc } from '../../widget/reference/element-docs.ts'
import { LANGUAGE_TAGS } from './language-tags.ts'

export interface AttributeControl {
  readonly name: string
  readonly says: string
  /** flag: a box to tick · words: one of `words` · text, number, json: a field. */
  readonly input: 'flag' | 'words' | 'text' | 'number' | 'json'
  readonly words: readonly string[]
  /** What the element does without the attribute; '' where that is nothing. */
  readonly fallback: string
  /** Something to try, where the value is JSON. */
  readonly example: string
}

export interface VariableControl extends CssVariableDoc {
  readonly name: string
}

export interface PartControl {
  readonly name: string
  readonly says: string
}

/** For values that nobody types by hand. Pictures and addresses are the demo's. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  product: { id: 'kumo', title: 'Kumo pour-over kettle', price: '€ 78.00', image: '/art/kettle.svg', url: '/product.html' },
  orders: [{ number: '1001', title: 'Kumo kettle', status: 'Packed', total: '€ 78.00', image: '/art/kettle.svg' }],
  hours: { timeZone: 'Europe/Berlin', open: ['Mo-Fr 09:00-18:00', 'Sa 10:00-14:00'] },
}

/** What the playground's pages have, where the element has nothing by itself. */
const OF_THE_DEMO: Readonly<Record<string, string>> = { gateway: '/', to: 'shop:42' }

export const attributeControls = (doc: ElementDoc): AttributeControl[] =>
  attributesOf(doc).map(({ name, says, type, fallback = '' }) => {
    const words = name === 'lang' ? LANGUAGE_TAGS : wordsOf(type)
    const example = EXAMPLES[name]
    return {
      name,
      says,
      words,
      input: words.length > 0 ? 'words' : inputOf(type),
      fallback: fallback.replace(/^'(.*)'$/, '$1') || (OF_THE_DEMO[name] ?? ''),
      example: example === undefined ? '' : JSON.stringify(example),
    }
  })

const inputOf = (type: string): AttributeControl['input'] =>
  type === 'boolean' ? 'flag' : type === 'number' ? 'number' : type === 'string' ? 'text' : 'json'

export const variableControls = (variables: Readonly<Record<string, CssVariableDoc>>): VariableControl[] =>
  Object.entries(variables).map(([name, doc]) => ({ name, ...doc }))

export const partControls = ({ parts }: ElementDoc): PartControl[] => Object.entries(parts).map(([name, says]) => ({ name, says }))
