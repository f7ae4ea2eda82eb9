/**
 * The steps of docs/start.md, in its order: a comment `<!-- step: … -->` above a block or a sentence says what a newcomer does with it.
 *
 *   run            types the block into a shell
 *   start          the same in a terminal of its own, which stays open
 *   file <name>    saves the block
 *   replace <name> puts the block in place of the line with the tag
 *   customer <url> writes on that page
 *   agent <url> <name>  answers at that desk, the customer of that name where one is given; the customer reads the answer
 */
export type Step =
  | { readonly kind: 'run' | 'start'; readonly code: string }
  | { readonly kind: 'file' | 'replace'; readonly name: string; readonly code: string }
  | { readonly kind: 'customer' | 'agent'; readonly url: string; readonly who: string }

/** Throws for a step that it does not know, and for a block of code without a step. */
export function stepsOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/(?:<!-- step: ([^\n]{1,100}) -->\n)?```\w+\n([\s\S]*?)\n```/g)]
  const forgotten = blocks.find(([, step]) => step === undefined)
  if (forgotten) throw new Error(`No step says what to do with this block:\n${forgotten[2]}`)
  return [...markdown.matchAll(/<!-- step: (\w+) ?([^\n]{0,100}?) -->\n(?:```\w+\n([\s\S]*?)\n```)?/g)].map(([, kind, given = '', code = '']) =>
    stepOf(kind!, given, code),
  )
}

function stepOf(kind: string, given: string, code: string): Step {
  if (kind === 'run' || kind === 'start') return { kind, code }
  if (kind === 'file' || kind === 'replace') return { kind, name: given, code }
  const [url = '', who = ''] = given.split(' ')
  if (kind === 'customer' || kind === 'agent') return { kind, url, who }
  throw new Error(`docs/start.md has a step of no known kind: ${kind}`)
}
