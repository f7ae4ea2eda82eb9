import { css } from 'lit'

export const personBarStyle = css`
  .person-bar {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
    padding: 8px 16px;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
    color: var(--ink);
    font-size: 14px;
    text-align: start;
  }
  .person-bar span {
    flex: 1 1 180px;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .person-bar button {
    min-height: 36px;
    padding: 0 14px;
    border: 1px solid var(--line);
    border-radius: 18px;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
`
