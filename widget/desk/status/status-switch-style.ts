import { css } from 'lit'

/* The colour repeats what the word says. No arrow of the browser's: the title beside it needs the room. */
export const statusSwitchStyle = css`
  .list-title:has(+ .status-switch) {
    font-size: 16px;
  }
  .status-switch {
    flex: none;
    display: flex;
    align-items: center;
    padding-inline-start: 8px;
    border-radius: 18px;
  }
  .status-switch:hover {
    background: var(--edge);
  }
  .status-switch:focus-within {
    box-shadow: inset 0 0 0 2px var(--accent);
    outline: 2px solid transparent;
    outline-offset: -2px;
  }
  .status-switch::before {
    content: '';
    flex: none;
    width: 8px;
    height: 8px;
    border-radius: 4px;
    background: var(--muted);
  }
  .status-switch[data-status='online']::before {
    background: #1f9d55;
  }
  .status-switch[data-status='busy']::before {
    background: #d64545;
  }
  .status-switch[data-status='away']::before {
    background: #d99a1c;
  }
  .status-switch select {
    min-height: 36px;
    padding: 0 8px 0 6px;
    border: 0;
    outline: 0;
    border-radius: 18px;
    background: none;
    color: var(--ink);
    font: inherit;
    font-size: 14px;
    appearance: none;
    field-sizing: content;
    cursor: pointer;
  }
  .status-switch option {
    background: var(--ground);
    color: var(--ink);
  }
`
