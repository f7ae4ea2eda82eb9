import { html, type TemplateResult } from 'lit'

const icon = (path: string): TemplateResult => html`<svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`

/** Drawn as those of ui/icons.ts; a script of their own brings them. */
export const actionIcons = {
  copy: icon('M9 9h11v11H9zM5 15H4V4h11v1'),
  quote: icon('M10 7l-5 5 5 5m-5-5h9a5 5 0 0 1 5 5v1'),
  retry: icon('M19 12a7 7 0 1 1-2-5l2 2m0-5v5h-5'),
  discard: icon('M5 7h14M10 7V4h4v3m-7 0l1 13h8l1-13'),
  translate: icon('M4 6h9M8.5 4v2c0 4-2 7-4.5 8m2-5c1 2 3 4 6 5m1 6l4-10 4 10m-7-3h6'),
  withdraw: icon('M8 8H4V4m0 4a9 9 0 1 1-1 6'),
} as const
