import { css } from 'lit'

/** The table of keys, in its dialog. */
export const shortcutSheetStyle = css`
  .sheet {
    margin: 0;
  }
  .sheet > div {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
    min-height: 44px;
    border-top: 1px solid var(--line);
  }
  .sheet > div:first-child {
    border-top: 0;
  }
  .sheet dd {
    display: grid;
    justify-items: end;
    margin: 0;
  }
  .chord-fault {
    max-width: 260px;
    margin: 0 6px 8px;
    color: var(--danger);
    font-size: 13px;
    text-align: end;
  }
  .chord {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 4px;
    min-width: 44px;
    min-height: 36px;
    padding: 0 6px;
    border-radius: 10px;
  }
  .chord[aria-pressed='true'] {
    background: var(--own);
  }
  @media (hover: hover) {
    .chord:hover {
      background: var(--edge);
    }
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
