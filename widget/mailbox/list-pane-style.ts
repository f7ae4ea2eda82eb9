import { css } from 'lit'

export const listPaneStyle = css`
  .list-title {
    flex: 1;
    min-width: 0;
    padding-inline-start: 4px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 19px;
    letter-spacing: -0.01em;
  }
  .search {
    flex: none;
    display: flex;
    align-items: center;
    height: 44px;
    margin: 0 12px;
    padding-inline-start: 14px;
    border-radius: 22px;
    background: var(--ground);
    box-shadow: inset 0 0 0 1px var(--line);
    outline: 1px solid transparent;
    outline-offset: -1px;
    color: var(--muted);
  }
  .finding {
    flex: none;
    display: flex;
    align-items: center;
    padding-inline-end: 12px;
  }
  .finding .search {
    flex: 1;
    min-width: 0;
    margin-inline-end: 4px;
  }
  .search:focus-within {
    box-shadow: inset 0 0 0 2px var(--accent);
    outline: 2px solid transparent;
    outline-offset: -2px;
  }
  .search input {
    flex: 1;
    min-width: 0;
    height: 100%;
    padding: 0 10px;
    border: 0;
    outline: 0;
    background: none;
    color: var(--ink);
    font: inherit;
    appearance: none;
  }
  .search input::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .search input::-webkit-search-cancel-button {
    display: none;
  }
  .chips {
    flex: none;
    display: flex;
    gap: 4px;
    padding: 10px 14px 6px;
    overflow-x: auto;
    scrollbar-width: none;
  }
  .chips button {
    flex: none;
    display: flex;
    align-items: center;
    gap: 6px;
    min-height: 32px;
    padding: 0 12px;
    border-radius: 16px;
    font-size: 14px;
    color: var(--muted);
  }
  .chips button[aria-pressed='true'] {
    background: var(--edge);
    color: var(--ink);
    font-weight: 600;
  }
  .chip-count {
    font-variant-numeric: tabular-nums;
    color: var(--accent);
    font-weight: 600;
  }
  .ask {
    flex: none;
    margin: 6px 12px;
    padding: 12px 14px 6px;
    border-radius: 14px;
    background: var(--ground);
    font-size: 14px;
  }
  .ask div {
    display: flex;
    gap: 4px;
    margin: 2px -10px 0;
  }
  .ask button {
    min-height: 40px;
    padding: 0 10px;
    border-radius: 20px;
    font-weight: 600;
    color: var(--accent);
  }
  .ask button + button {
    color: var(--muted);
    font-weight: 500;
  }
  .list-body {
    position: relative;
    flex: 1;
    min-height: 0;
    display: flex;
    flex-direction: column;
  }
  .moved {
    position: absolute;
    top: -20px;
    inset-inline: 0;
    z-index: 1;
    width: max-content;
    display: flex;
    align-items: center;
    gap: 6px;
    margin: 0 auto;
    height: 28px;
    padding: 0 14px 0 10px;
    border-radius: 14px;
    background: var(--accent);
    color: var(--accent-ink);
    font-size: 13px;
    font-weight: 600;
    box-shadow: 0 2px 10px rgba(0, 0, 0, 0.18);
  }
  .moved svg {
    width: 16px;
    height: 16px;
  }
  .nothing {
    padding: 40px 32px;
    text-align: center;
    font-size: 15px;
  }
  .nothing span {
    display: block;
    margin-top: 4px;
    font-size: 14px;
    color: var(--muted);
  }
`
