import { css } from 'lit'

export const actionsStyle = css`
  .actions {
    position: fixed;
    z-index: 3;
    inset: auto;
    width: max-content;
    min-width: 168px;
    max-width: calc(100vw - 16px);
    max-height: calc(100vh - 16px);
    margin: 0;
    padding: 6px;
    border: 0;
    border-radius: 14px;
    overflow-y: auto;
    background: var(--surface);
    color: var(--ink);
    box-shadow: var(--shadow);
    outline: 1px solid transparent;
    animation: appear 0.12s;
  }
  .actions button {
    display: flex;
    align-items: center;
    width: 100%;
    min-height: 44px;
    padding: 0 14px;
    border-radius: 9px;
    text-align: start;
  }
  .actions button:focus,
  .actions button:hover {
    background: var(--ground);
  }
  .actions button:active {
    opacity: 0.7;
  }
  .actions svg {
    width: 20px;
    margin: 0;
    margin-inline-end: 12px;
    color: var(--muted);
  }
  .actions .grave,
  .actions .grave svg {
    color: var(--danger);
  }
  .acting:not(:empty) {
    flex: none;
    display: flex;
    align-items: center;
    min-height: 48px;
    padding-inline: 14px 4px;
    border-top: 1px solid var(--line);
    background: var(--surface);
    font-size: 13px;
    line-height: 18px;
    color: var(--muted);
    animation: appear 0.15s;
  }
  .acting > div {
    flex: 1;
    min-width: 0;
    padding-inline-start: 10px;
    border-inline-start: 3px solid var(--accent);
  }
  .acting b,
  .acting div span {
    display: block;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .acting .translated {
    max-height: 30vh;
    margin: 8px 0;
    overflow: auto;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
    color: var(--ink);
    font-size: 14px;
    line-height: 20px;
  }
  .acting b {
    color: var(--ink);
  }
  .held .bubble {
    box-shadow: 0 0 0 2px var(--accent);
  }
  .row:focus {
    outline: none;
  }
  .row:focus .bubble {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  /* a long press opens the menu, which copies: a selection and the system's own menu would fight it */
  @media (pointer: coarse) {
    .bubble {
      -webkit-touch-callout: none;
      -webkit-user-select: none;
      user-select: none;
    }
  }
`
