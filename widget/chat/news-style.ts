import { css } from 'lit'

export const newsStyle = css`
  .ask {
    flex: none;
    padding: 10px 16px;
    border-bottom: 1px solid var(--line);
    font-size: 14px;
    line-height: 20px;
  }
  .ask button {
    min-height: 44px;
    color: var(--accent);
    font-weight: 600;
  }
  .ask button + button {
    margin: 0 20px;
  }
  .ask button:active {
    opacity: 0.6;
  }
`
