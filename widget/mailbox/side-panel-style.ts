import { css } from 'lit'

export const sidePanelStyle = css`
  .side {
    background: var(--surface);
  }
  .side-body {
    flex: 1;
    min-height: 0;
    padding: 24px 20px;
    overflow-y: auto;
    overscroll-behavior: contain;
    outline-offset: -2px;
  }
  .card-face {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 12px;
    margin-bottom: 20px;
    text-align: center;
  }
  .card-face h3 {
    max-width: 100%;
    max-height: 66px;
    overflow: hidden;
    overflow-wrap: anywhere;
    font-size: 17px;
  }
  .card-face .face {
    width: 72px;
    height: 72px;
    border-radius: 36px;
    font-size: 28px;
    line-height: 72px;
  }
  .facts-list {
    margin: 20px 0 28px;
    font-size: 14px;
  }
  .facts-list > div {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
    min-height: 36px;
  }
  .facts-list dt {
    flex: none;
    color: var(--muted);
  }
  .facts-list dd {
    min-width: 0;
    margin: 0;
    text-align: end;
    overflow-wrap: anywhere;
    font-variant-numeric: tabular-nums;
  }
  .copy {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    max-width: 100%;
    min-height: 32px;
    border-radius: 8px;
    user-select: text;
    overflow-wrap: anywhere;
    text-align: end;
  }
  .copy svg {
    width: 16px;
    height: 16px;
    color: var(--muted);
  }
  .side-title {
    font-size: 14px;
    margin-bottom: 8px;
  }
  .hint {
    margin: 0;
    font-size: 14px;
    color: var(--muted);
  }
  .things {
    margin: 0;
    padding: 0;
    list-style: none;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    overflow-wrap: anywhere;
  }
  .things .card {
    width: auto;
    margin: 0;
    padding: 10px 14px;
    border-radius: 12px;
    background: var(--ground);
    color: inherit;
  }
`
