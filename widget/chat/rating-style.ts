import { css } from 'lit'

export const ratingStyle = css`
  .rating {
    flex: none;
    padding: 8px 16px;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
    color: var(--ink);
    font-size: 14px;
    line-height: 20px;
    text-align: start;
  }
  .rating-row {
    display: flex;
    flex-wrap: wrap;
    gap: 0 8px;
    align-items: center;
  }
  .rating-row > span:first-child {
    flex: 1 1 90px;
    overflow-wrap: anywhere;
  }
  .rating-acts,
  .rating-acts [role='radiogroup'] {
    display: flex;
    flex: none;
    align-items: center;
  }
  .rating label {
    position: relative;
    display: inline-block;
    width: 38px;
    height: 44px;
    color: var(--muted);
    font-size: 26px;
    line-height: 44px;
    text-align: center;
    cursor: pointer;
  }
  .rating label.on {
    color: var(--accent);
  }
  .rating label input {
    position: absolute;
    inset: 0;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .rating label input:focus-visible + span {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .rating input[type='text'] {
    flex: 1 1 160px;
    box-sizing: border-box;
    min-width: 0;
    height: 44px;
    padding: 0 12px;
    border: 1px solid var(--muted);
    border-radius: 22px;
    background: var(--surface);
    color: inherit;
    font: inherit;
    font-size: 16px;
  }
  .rating .plain {
    flex: none;
    margin-inline-end: -12px;
    color: var(--muted);
  }
  /* A keyboard leaves no room for both this and the messages, except where it writes here. */
  [data-keyboard] .rating:not(:focus-within) {
    display: none;
  }
  .rating button:not(.plain) {
    min-height: 44px;
    padding: 0 8px;
    color: var(--accent);
    font-weight: 600;
  }
  .rating button:active {
    opacity: 0.6;
  }
  .rating button:disabled {
    opacity: 0.5;
  }
  .rating-trouble {
    color: var(--danger);
  }
`
