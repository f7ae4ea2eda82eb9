import { css } from 'lit'

export const severalStyle = css`
  .several-bar {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    padding: 8px 0;
    font-size: 14px;
  }
  .several-bar [role='group'] {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .several-bar label,
  .several-line {
    display: flex;
    gap: 12px;
    align-items: center;
    min-height: 36px;
    cursor: pointer;
  }
  .several-line {
    flex: 1;
    min-width: 0;
  }
  .several input {
    flex: none;
    width: 18px;
    height: 18px;
    margin: 0;
  }
  .several .lines {
    margin: 0;
  }
  .several .lines > li {
    padding: 4px 0;
  }
  .several-acts {
    position: sticky;
    bottom: -24px;
    margin: 0 -24px -24px;
    padding: 12px 24px;
    border-top: 1px solid var(--line);
    background: var(--surface);
  }
  .several-transfer {
    display: flex;
    gap: 8px;
    min-width: 0;
  }
  .several select {
    min-width: 0;
    max-width: 14em;
    min-height: 36px;
    border: 1px solid var(--muted);
    border-radius: 10px;
    background: var(--surface);
    color: var(--ink);
    font: inherit;
  }
`
