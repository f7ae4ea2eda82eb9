import { css } from 'lit'

/* The colour repeats what the word says. */
export const statusSwitchStyle = css`
  .status-switch {
    flex: none;
    display: flex;
    align-items: center;
    padding-inline-start: 10px;
    border-radius: 18px;
  }
  .status-switch:focus-within {
    box-shadow: inset 0 0 0 2px var(--accent);
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
    padding: 0 4px;
    border: 0;
    outline: 0;
    border-radius: 18px;
    background: none;
    color: var(--ink);
    font: inherit;
    font-size: 14px;
    cursor: pointer;
  }
  .status-switch option {
    background: var(--ground);
    color: var(--ink);
  }
`
