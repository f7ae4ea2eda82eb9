import { css } from 'lit'

/**
 * The field is 16 px, or iOS zooms in on it. It grows with its text: by itself where `field-sizing` exists, else a mirror of
 * the text in the same box pushes the height. At most 40 % of the visible band, which controllers/viewport.ts tells as --band.
 */
export const composerStyle = css`
  .composer {
    flex: none;
    display: flex;
    flex-wrap: wrap;
    align-items: flex-end;
    padding: 8px 8px 8px 4px;
    border-top: 1px solid var(--line);
    background: var(--surface);
  }
  .root[dir='rtl'] .composer {
    padding: 8px 4px 8px 8px;
  }
  @supports (padding: env(safe-area-inset-bottom, 0px)) {
    .modal .composer {
      padding-bottom: calc(8px + env(safe-area-inset-bottom, 0px));
    }
    .modal[data-keyboard] .composer {
      padding-bottom: 8px;
    }
  }
  .field {
    position: relative;
    flex: 1;
    min-width: 0;
    min-height: 44px;
    max-height: calc(var(--band, 640px) * 0.4);
    margin: 0 8px 0 0;
    overflow: hidden;
    border-radius: 22px;
    background: var(--ground);
    box-shadow: inset 0 0 0 1px var(--line);
    display: flex;
  }
  .root[dir='rtl'] .field {
    margin: 0 0 0 8px;
  }
  .field:focus-within {
    box-shadow: inset 0 0 0 2px var(--accent);
  }
  textarea,
  .mirror {
    display: block;
    width: 100%;
    min-height: 44px;
    margin: 0;
    padding: 11px 16px;
    border: 0;
    font-family: inherit;
    font-size: 16px;
    line-height: 22px;
    letter-spacing: normal;
    white-space: pre-wrap;
    overflow-wrap: break-word;
    word-wrap: break-word;
  }
  textarea {
    position: absolute;
    top: 0;
    left: 0;
    height: 100%;
    overflow-y: auto;
    overscroll-behavior: contain;
    resize: none;
    border-radius: 22px;
    background: transparent;
    color: inherit;
    outline: none;
    -webkit-appearance: none;
    appearance: none;
  }
  .mirror {
    visibility: hidden;
    pointer-events: none;
  }
  @supports (field-sizing: content) {
    textarea {
      position: static;
      height: auto;
      max-height: calc(var(--band, 640px) * 0.4);
      field-sizing: content;
    }
    .mirror {
      display: none;
    }
  }
  textarea::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .send {
    flex: none;
    display: flex;
    align-items: center;
    justify-content: center;
    width: 44px;
    height: 44px;
    border-radius: 22px;
    background: var(--accent);
    color: var(--accent-ink);
    transition: background-color 0.12s, color 0.12s;
  }
  .send svg {
    stroke-width: 2.4;
  }
  /* A button is no flex container in engines of before 2017. */
  .send svg,
  .enter svg {
    margin: 0 auto;
  }
  .send[aria-disabled='true'] {
    background: var(--edge);
    color: var(--muted);
  }
  .enter {
    color: var(--muted);
    opacity: 0.75;
  }
  .enter[aria-pressed='true'] {
    color: var(--accent);
    opacity: 1;
  }
  .note {
    flex: 0 0 100%;
    padding: 4px 16px 0 56px;
    font-size: 12.5px;
    line-height: 17px;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .note:empty {
    display: none;
  }
  .note.over {
    color: var(--danger);
    font-weight: 600;
  }
`
