import { html, svg, type TemplateResult } from 'lit'

const icon = (paths: TemplateResult): TemplateResult =>
  html`<svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${paths}</svg>`

/** Icons that only the inbox and the desk need, so that the phone does not load them. Drawn like those of icons.ts. */
export const deskIcons = {
  back: icon(svg`<path d="M15 5l-7 7 7 7"/>`),
  up: icon(svg`<path d="M12 19V6M6 11.5L12 5.5l6 6"/>`),
  search: icon(svg`<circle cx="11" cy="11" r="6.5"/><path d="M16 16l4.5 4.5"/>`),
  details: icon(svg`<rect x="3.5" y="4.5" width="17" height="15" rx="3"/><path d="M14.5 4.5v15"/>`),
  sound: icon(svg`<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15L6 16.5ZM10 20.5h4"/>`),
  silence: icon(svg`<path d="M8 5.6A6 6 0 0 1 18 11v3M6 9v7.5L4.5 18H16M10 20.5h4M4 4l16 16"/>`),
  keyboard: icon(svg`<rect x="2.5" y="6" width="19" height="12" rx="2.5"/>
    <path d="M6.5 10h.01M10.2 10h.01M13.8 10h.01M17.5 10h.01M8 14h8"/>`),
  view: icon(svg`<path d="M4 7h16M7 12h10M10 17h4"/>`),
  block: icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M6 6l12 12"/>`),
  reply: icon(svg`<path d="M13 3.5L5.5 13.5H12l-1 7 7.5-10H12l1-7Z"/>`),
  note: icon(svg`<path d="M5 4.5h14v10l-5 5H5v-15Z"/><path d="M19 14.5h-5v5M8.5 9h7M8.5 12.5h4"/>`),
  picture: icon(svg`<rect x="3.5" y="5" width="17" height="14" rx="2.5"/><path d="M4 16.5l4.5-4.5 4 4 3-3 4.5 4M15.5 9.2h.01"/>`),
  order: icon(svg`<path d="M4.5 8L12 4l7.5 4v8.5L12 20.5l-7.5-4V8Z"/><path d="M4.5 8l7.5 4 7.5-4M12 12v8.5"/>`),
  several: icon(svg`<path d="M4 7.5l2 2 3.5-4M4 16.5l2 2 3.5-4M13 7.5h7M13 16.5h7"/>`),
  report: icon(svg`<path d="M4.5 19.5h15M7 16v-5M12 16V5M17 16V9"/>`),
  copy: icon(svg`<rect x="8.5" y="8.5" width="11" height="11" rx="2.5"/>
    <path d="M15.5 5.5v-.2a1.8 1.8 0 0 0-1.8-1.8H6.3a1.8 1.8 0 0 0-1.8 1.8v7.4a1.8 1.8 0 0 0 1.8 1.8h.2"/>`),
} as const
