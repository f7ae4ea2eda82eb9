import { html, type TemplateResult } from 'lit'

const icon = (path: string): TemplateResult => html`<svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`

/** Drawn on a 24 grid with a 2 px line. */
export const icons = {
  chat: icon('M20.5 12a8 8 0 0 1-11.8 6.4L4 20l1.3-3.6A8 8 0 1 1 20.5 12zM8.5 12h0m3.5 0h0m3.5 0h0'),
  block: icon('M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0M6 6l12 12'),
  close: icon('M6 6l12 12m0-12L6 18'),
  send: icon('M12 19V5m-6 6l6-6 6 6'),
  down: icon('M6 9l6 6 6-6'),
  more: icon('M12 5v14M5 12h14'),
  emoji: icon('M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0M8.5 14a4 4 0 0 0 7 0M9 9.5h0m6 0h0'),
  alert: icon('M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0m9-5v5m0 4h0'),
} as const
