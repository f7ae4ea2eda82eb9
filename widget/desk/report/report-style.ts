import { css } from 'lit'

export const reportStyle = css`
  .report {
    position: absolute;
    inset: 0;
    z-index: 5;
    display: flex;
    flex-direction: column;
    background: var(--ground);
    text-align: start;
  }
  .report-bar {
    flex-wrap: wrap;
    gap: 8px;
    height: auto;
    min-height: 64px;
    padding-inline: 6px 16px;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .report-bar h1 {
    flex: 1 1 auto;
  }
  .report-ranges {
    display: flex;
    gap: 4px;
  }
  .report-body {
    flex: 1;
    min-height: 0;
    padding: 16px;
    overflow: auto;
  }
  .report-tiles {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(140px, 1fr));
    gap: 12px;
    max-width: 960px;
    margin: 0;
  }
  .report-tiles > div,
  .report table {
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--surface);
  }
  .report-tiles > div {
    padding: 12px 16px;
  }
  .report dt {
    font-size: 13px;
    color: var(--muted);
  }
  .report dd {
    margin: 0;
  }
  .report dd b {
    display: block;
    font-size: 22px;
    line-height: 32px;
    font-variant-numeric: tabular-nums;
  }
  .report dd span {
    font-size: 13px;
    color: var(--muted);
  }
  .report table {
    display: block;
    max-width: 960px;
    margin: 16px 0 0;
    overflow-x: auto;
    border-spacing: 0;
    font-size: 14px;
  }
  .report caption {
    display: block;
    padding: 12px 16px 4px;
    font-weight: 600;
    text-align: start;
  }
  .report th,
  .report td {
    padding: 8px 16px;
    border-top: 1px solid var(--line);
    font-weight: 400;
    text-align: end;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .report th:first-child {
    width: 100%;
    text-align: start;
  }
  .report .hint {
    margin: 12px 0 0;
  }
  @media (forced-colors: active) {
    .report .act[aria-pressed='true'] {
      outline: 2px solid;
      outline-offset: 1px;
    }
  }
  .report thead th {
    border: 0;
    font-size: 13px;
    color: var(--muted);
  }
`
