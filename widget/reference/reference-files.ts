/** The files that are written from the table of element-docs.ts. Pure: text in, text out. */
import { CSS_VARIABLES, ELEMENT_DOCS, type ElementDoc, type PropertyDoc } from './element-docs.ts'

/** The attribute of a property, undefined where it has none. */
export const attributeOf = (name: string, { attribute }: PropertyDoc): string | undefined =>
  attribute === false ? undefined : (attribute ?? name.toLowerCase())

/** Attributes that a page writes: not those that the element only shows. */
export const attributesOf = ({ properties }: ElementDoc): (PropertyDoc & { readonly name: string; readonly property: string })[] =>
  Object.entries(properties).flatMap(([property, doc]) => {
    const name = attributeOf(property, doc)
    return name === undefined || doc.isReadOnly ? [] : [{ ...doc, name, property }]
  })

/** The values of a type that is a list of words; none of any other. */
export const wordsOf = (type: string): string[] => {
  const parts = type.split(' | ')
  return parts.every((part) => /^'[^']*'$/.test(part)) ? parts.map((part) => part.slice(1, -1)) : []
}

const described = (table: Readonly<Record<string, string>>): { name: string; description: string }[] =>
  Object.entries(table).map(([name, description]) => ({ name, description }))

const describedVariables = (): { name: string; description: string; default: string }[] =>
  Object.entries(CSS_VARIABLES).map(([name, { says, fallback }]) => ({ name, description: says, default: fallback }))

/** https://github.com/webcomponents/custom-elements-manifest */
export const customElements = (): object => ({
  schemaVersion: '1.0.0',
  readme: 'README.md',
  modules: ELEMENT_DOCS.map((doc) => {
    const path = `dist/widget/modern/${doc.tag}.js`
    return {
      kind: 'javascript-module',
      path,
      declarations: [declarationOf(doc)],
      exports: [{ kind: 'custom-element-definition', name: doc.tag, declaration: { name: doc.className, module: path } }],
    }
  }),
})

const declarationOf = (doc: ElementDoc): object => ({
  kind: 'class',
  customElement: true,
  name: doc.className,
  tagName: doc.tag,
  description: doc.says,
  superclass: { name: 'LitElement', package: 'lit' },
  attributes: attributesOf(doc).map(({ name, property, type, fallback, says }) => ({
    name,
    type: { text: type },
    ...(fallback === undefined ? {} : { default: fallback }),
    description: says,
    fieldName: property,
  })),
  members: [
    ...Object.entries(doc.properties).map(([name, property]) => ({
      kind: 'field',
      name,
      type: { text: property.type },
      ...(property.fallback === undefined ? {} : { default: property.fallback }),
      description: property.says,
      ...(property.isReadOnly ? { readonly: true } : {}),
      ...(property.isReflected ? { reflects: true } : {}),
      ...(attributeOf(name, property) === undefined ? {} : { attribute: attributeOf(name, property) }),
    })),
    ...Object.entries(doc.methods).map(([name, { signature, says }]) => ({ kind: 'method', name, description: `${signature}: ${says}` })),
  ],
  events: Object.entries(doc.events).map(([name, { detail, says }]) => ({ name, type: { text: `CustomEvent<${detail}>` }, description: says })),
  cssParts: described(doc.parts),
  cssProperties: describedVariables(),
})

/** https://code.visualstudio.com/docs/languages/html, "HTML custom data" */
export const vsCodeData = (): object => ({
  version: 1.1,
  tags: ELEMENT_DOCS.map((doc) => ({
    name: doc.tag,
    description: doc.says,
    attributes: attributesOf(doc).map(({ name, says, type }) => ({
      name,
      description: says,
      ...(wordsOf(type).length === 0 ? {} : { values: wordsOf(type).map((word) => ({ name: word })) }),
      ...(type === 'boolean' ? { valueSet: 'v' } : {}),
    })),
  })),
})

/** https://github.com/JetBrains/web-types */
export const webTypes = (version: string): object => ({
  $schema: 'https://raw.githubusercontent.com/JetBrains/web-types/master/schema/web-types.json',
  name: 'im-chat',
  version,
  'js-types-syntax': 'typescript',
  'description-markup': 'markdown',
  contributions: {
    html: {
      elements: ELEMENT_DOCS.map((doc) => ({
        name: doc.tag,
        description: doc.says,
        attributes: attributesOf(doc).map(({ name, says, type, fallback }) => ({
          name,
          description: says,
          value: { type },
          ...(fallback === undefined ? {} : { default: fallback }),
        })),
        js: {
          properties: Object.entries(doc.properties).map(([name, { says, type }]) => ({ name, description: says, value: { type } })),
          events: Object.entries(doc.events).map(([name, { says }]) => ({ name, description: says })),
        },
        css: {
          parts: described(doc.parts),
          properties: described(Object.fromEntries(Object.entries(CSS_VARIABLES).map(([name, { says }]) => [name, says]))),
        },
      })),
    },
  },
})

const code = (text: string): string => `\`${text}\``
/** A bar would end a cell. */
const cell = (text: string): string => text.replaceAll('|', String.raw`\|`)
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n')

function sectionOf(doc: ElementDoc): string {
  const properties = Object.entries(doc.properties).map(([name, property]) => {
    const attribute = attributeOf(name, property)
    const marks = [property.isReadOnly ? 'Read only.' : '', property.isReflected ? 'Reflected.' : ''].filter(Boolean)
    return [
      code(name),
      attribute === undefined ? '–' : code(attribute),
      code(property.type),
      property.fallback === undefined ? '–' : code(property.fallback),
      [property.says, ...marks].join(' '),
    ]
  })
  return [
    `## \`<${doc.tag}>\``,
    doc.says,
    table(['Property', 'Attribute', 'Type', 'Default', 'Meaning'], properties),
    table(
      ['Method', 'Meaning'],
      Object.values(doc.methods).map(({ signature, says }) => [code(signature), says]),
    ),
    table(
      ['Event', '`detail`', 'When'],
      Object.entries(doc.events).map(([name, { detail, says }]) => [code(name), code(detail), says]),
    ),
    table(
      ['Part', 'What'],
      Object.entries(doc.parts).map(([name, says]) => [code(name), says]),
    ),
  ].join('\n\n')
}

/** docs/elements.md */
export const elementsPage = (): string =>
  [
    '# The elements',
    'Written by `npm run reference` from `widget/reference/element-docs.ts`; a test compares the two.',
    [
      'An attribute sets the property beside it. A value that a property cannot take is warned about once, and the old one stays.',
      'No event bubbles but `im-sound`. Types are exported by `im-chat/im-chat`, `/im-inbox` and `/im-desk`;',
      'for TSX and templates import `im-chat/react`, `/vue`, `/svelte` or `/solid` once.',
    ].join('\n'),
    ...ELEMENT_DOCS.map(sectionOf),
    '## CSS variables',
    'Set them on the element, or on anything around it.',
    table(
      ['Variable', 'What', 'Default', 'In the dark'],
      Object.entries(CSS_VARIABLES).map(([name, { says, fallback, dark }]) => [
        code(name),
        says,
        code(fallback),
        dark === undefined ? '–' : code(dark),
      ]),
    ),
    '',
  ]
    .join('\n\n')
    .trimEnd() + '\n'
