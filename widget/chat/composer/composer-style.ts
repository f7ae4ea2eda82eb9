import { css } from 'lit'

/**
 * The field's font is 16 px on the screen, or iOS zooms in on focus (`--shrunk`: a CSS `zoom` of the page below 1). The field grows with its text: a mirror of the text in the same box sets the height, at most
 * 40 % of the visible band (`--band`, set by viewport/viewport.ts).
 */
export const composerStyle = css`
  .composer {
    position: relative;
    flex: none;
    display: flex;
    flex-wrap: wrap;
    align-items: flex-end;
    padding: 8px;
    border-top: 1px solid var(--line);
    background: var(--surface);
  }
  .modal:not([data-keyboard]) .composer,
  .inline [data-touches~='bottom']:not([data-keyboard]) .composer {
    padding-bottom: calc(8px + env(safe-area-inset-bottom));
  }
  .field {
    position: relative;
    flex: 1;
    min-width: 0;
    max-height: calc(var(--band, 640px) * 0.4);
    margin: 0 6px;
    overflow: hidden;
    border-radius: 22px;
    background: var(--ground);
    box-shadow: inset 0 0 0 1px var(--line);
    outline: 1px solid transparent;
    outline-offset: -1px;
  }
  /* Where the composer is narrow, + and Send share a place: + while nothing is written. Widths in old engines: of nothing below 240 px, of everything above. */
  .written .more,
  .composer:not(.written) .send {
    min-width: 0;
    max-width: calc((100% - 236px) * 999);
    overflow: hidden;
  }
  .composer:not(.written) .send:focus,
  .written .more:focus {
    max-width: none;
  }
  .composer[data-plain] .send {
    max-width: none;
  }
  .blocked {
    width: 100%;
    max-height: 88px;
    margin: 0;
    padding: 2px 8px 8px;
    overflow: hidden;
    overflow-wrap: anywhere;
    font-size: 14px;
    color: var(--danger);
  }
  [data-blocked] .field {
    opacity: 0.6;
  }
  [data-blocked] > .more,
  [data-plain] > .more,
  .field .emoji {
    display: none;
  }
  /* The keyboards of phones have emoji, and better ones. */
  @media (hover: hover) and (pointer: fine) {
    .field .emoji {
      display: block;
      position: absolute;
      right: 0;
      bottom: 0;
    }
    [dir='rtl'] .field .emoji {
      right: auto;
      left: 0;
    }
    [data-blocked] .field .emoji,
    [data-plain] .field .emoji {
      display: none;
    }
    .field textarea,
    .field .mirror {
      padding-right: 42px;
    }
    [dir='rtl'] .field textarea,
    [dir='rtl'] .field .mirror {
      padding-right: 16px;
      padding-left: 42px;
    }
  }
  .plain:active,
  .latest:active,
  .pill:active {
    background: var(--line);
  }
  .field:focus-within {
    box-shadow: inset 0 0 0 2px var(--accent);
    outline: 2px solid transparent;
    outline-offset: -2px;
  }
  textarea,
  .mirror {
    display: block;
    width: 100%;
    min-height: 44px;
    padding: 11px 16px;
    border: 0;
    font: inherit;
    font-size: calc(16px / var(--shrunk, 1));
    line-height: 1.375;
    white-space: pre-wrap;
    overflow-wrap: break-word;
  }
  .mirror {
    visibility: hidden;
  }
  textarea {
    position: absolute;
    top: 0;
    height: 100%;
    margin: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    resize: none;
    background: none;
    color: inherit;
    outline: none;
    -webkit-appearance: none;
    appearance: none;
  }
  textarea::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .send {
    background: var(--accent);
    color: var(--accent-ink);
  }
  .send[aria-disabled='true'] {
    background: var(--edge);
    color: var(--muted);
  }
  .note {
    width: 100%;
    padding: 4px 60px 0;
    font-size: 12px;
    color: var(--muted);
  }
  .note:empty {
    display: none;
  }
  .over {
    color: var(--danger);
    font-weight: 600;
  }
`
