import { css } from 'lit'

/* The colour repeats what the word says. */
export const statusSwitchStyle = css`
  .me {
    flex: 1;
    min-width: 0;
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .me .face {
    width: 36px;
    height: 36px;
    line-height: 36px;
  }
  .my-lines {
    min-width: 0;
    display: flex;
    flex-direction: column;
    align-items: flex-start;
  }
  .my-name {
    max-width: 100%;
    padding-inline-start: 8px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 15px;
    font-weight: 600;
    line-height: 20px;
  }
  .status-switch {
    position: relative;
    flex: none;
    display: flex;
    align-items: center;
    padding-inline-start: 8px;
    border-radius: 12px;
  }
  .status-switch svg {
    position: absolute;
    inset-inline-end: 4px;
    width: 14px;
    height: 14px;
    pointer-events: none;
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
    min-height: 24px;
    padding-block: 0;
    padding-inline: 6px 20px;
    border: 0;
    outline: 0;
    border-radius: 12px;
    background: none;
    color: var(--ink);
    font: inherit;
    font-size: 13px;
    appearance: none;
    field-sizing: content;
    cursor: pointer;
  }
  .status-switch option {
    background: var(--ground);
    color: var(--ink);
  }
`
