import { css } from 'lit'

/** The shelves, the order and the foot of a search. */
export const searchStyle = css`
  .tabs {
    flex: none;
    display: flex;
    align-items: center;
    gap: 4px;
    padding-inline-end: 12px;
  }
  .tabs .chips {
    flex: 1;
    padding-inline-end: 0;
  }
  .tabs .chips button {
    padding: 0 10px;
  }
  .view {
    position: relative;
    flex: none;
    display: flex;
    align-items: center;
    justify-content: center;
    width: 36px;
    height: 36px;
    border-radius: 18px;
    color: var(--muted);
  }
  .view:hover {
    background: var(--edge);
  }
  .view:focus-within {
    box-shadow: inset 0 0 0 2px var(--accent);
    outline: 2px solid transparent;
    outline-offset: -2px;
  }
  .view select {
    position: absolute;
    inset: 0;
    width: 100%;
    border: 0;
    font: inherit;
    opacity: 0;
    cursor: pointer;
  }
  .view[data-changed] {
    background: var(--edge);
    color: var(--accent);
  }
  .view option {
    background: var(--ground);
    color: var(--ink);
  }
  .search-foot {
    flex: none;
    margin: 0;
    padding: 8px 20px;
    font-size: 13px;
    color: var(--muted);
  }
  .search-foot:empty,
  .search-foot[data-state='done'] {
    padding: 0;
  }
`
