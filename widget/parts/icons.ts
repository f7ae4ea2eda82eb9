import { svg, html, type TemplateResult } from 'lit'

const icon = (paths: TemplateResult): TemplateResult =>
  html`<svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">${paths}</svg>`

/** Drawn on a 24 grid with a 2 px line. */
export const icons = {
  chat: icon(svg`<path d="M20.5 12a8 8 0 0 1-11.8 6.4L4 20l1.3-3.6A8 8 0 1 1 20.5 12z"/><path d="M8.5 12h0m3.5 0h0m3.5 0h0"/>`),
  close: icon(svg`<path d="M6 6l12 12m0-12L6 18"/>`),
  send: icon(svg`<path d="M12 19V5m-6 6l6-6 6 6"/>`),
  down: icon(svg`<path d="M6 9l6 6 6-6"/>`),
  enter: icon(svg`<path d="M19 6v5a3 3 0 0 1-3 3H5m4-4l-4 4 4 4"/>`),
  alert: icon(svg`<circle cx="12" cy="12" r="9"/><path d="M12 7v5m0 4h0"/>`),
} as const
