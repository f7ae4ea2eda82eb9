import { css } from 'lit'

export const shortcutSheetStyle = css`
  .sheet {
    width: min(440px, calc(100% - 32px));
    max-height: calc(100% - 32px);
    padding: 0 0 12px;
    border: 0;
    border-radius: 18px;
    background: var(--surface);
    color: var(--ink);
    box-shadow: var(--shadow);
  }
  .sheet::backdrop {
    background: rgba(10, 16, 14, 0.4);
  }
  .sheet header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 14px 10px 6px 24px;
  }
  .sheet dl {
    margin: 0;
    padding: 0 24px 12px;
  }
  .sheet dl > div {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
    min-height: 40px;
    border-top: 1px solid var(--line);
  }
  .sheet dl > div:first-child {
    border-top: 0;
  }
  .sheet dd {
    display: flex;
    gap: 4px;
    margin: 0;
  }
  kbd {
    min-width: 26px;
    padding: 2px 7px;
    border-radius: 7px;
    background: var(--ground);
    box-shadow: inset 0 0 0 1px var(--line);
    font: inherit;
    font-size: 13px;
    text-align: center;
  }
`
