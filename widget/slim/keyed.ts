import type { TemplateResult } from 'lit'

/** `repeat` of the phone's script: a list of its own Lit tells rows apart by their keys. */
export const repeat = <T>(items: readonly T[], keyOf: (item: T) => unknown, template: (item: T) => TemplateResult): readonly TemplateResult[] =>
  items.map((item) => ({ ...template(item), key: keyOf(item) }))
