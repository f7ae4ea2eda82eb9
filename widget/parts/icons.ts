import { svg, html, type TemplateResult } from 'lit'

const icon = (size: number, paths: TemplateResult): TemplateResult =>
  html`<svg width=${size} height=${size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">${paths}</svg>`

/** Drawn on a 24 grid with a 2 px line. */
export const icons = {
  chat: icon(26, svg`<path d="M20.5 11.6a7.9 7.9 0 0 1-8.5 7.4 9.6 9.6 0 0 1-3.3-.6L4 20l1.3-3.6a6.8 6.8 0 0 1-1.8-4.8A7.9 7.9 0 0 1 12 4.2a7.9 7.9 0 0 1 8.5 7.4Z"/><path d="M8.6 11.7h.01M12 11.7h.01M15.4 11.7h.01"/>`),
  close: icon(22, svg`<path d="M6 6l12 12M18 6L6 18"/>`),
  send: icon(20, svg`<path d="M12 19.5V5M5.5 11.2L12 4.7l6.5 6.5"/>`),
  down: icon(20, svg`<path d="M6 9.5l6 6 6-6"/>`),
  enter: icon(20, svg`<path d="M19.5 6v4.5a3 3 0 0 1-3 3H5M9 9.2l-4.3 4.3L9 17.8"/>`),
  alert: icon(15, svg`<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5M12 16.4h.01"/>`),
} as const
