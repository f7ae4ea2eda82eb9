import { css } from 'lit'

/**
 * Columns. The element decides by its own width, not the page's: it may stand in a frame or beside something.
 *
 *   ≥ 1040 px   list │ conversation │ details
 *   ≥  680 px   list │ conversation            details lie over the conversation
 *   below       list, or conversation, or details: one at a time
 */
export const mailboxStyles = css`
  :host {
    height: 100%;
    min-height: 320px;
  }
  .root {
    position: relative;
    height: 100%;
    container: mailbox / inline-size;
    background: var(--surface);
    color: var(--ink);
    accent-color: var(--accent);
  }
  .columns {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    height: 100%;
  }
  .list,
  .pane,
  .side {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  .list {
    background: var(--surface);
  }
  .bar {
    flex: none;
    display: flex;
    align-items: center;
    gap: 12px;
    height: 64px;
    padding-inline: 16px 10px;
  }
  .pane > .bar,
  .side > .bar {
    border-bottom: 1px solid var(--line);
  }
  h1,
  h2,
  h3 {
    margin: 0;
    font-size: 16px;
    font-weight: 600;
    line-height: 22px;
  }
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
  .who {
    flex: 1;
    min-width: 0;
  }
  .who .title {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .status {
    display: block;
    height: 18px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 13px;
    line-height: 18px;
    color: var(--muted);
  }
  .status[data-typing] {
    color: var(--accent);
  }
  .plain {
    position: relative;
    flex: none;
    display: flex;
    align-items: center;
    justify-content: center;
    width: 44px;
    height: 44px;
    border-radius: 22px;
    color: var(--muted);
  }
  .plain + .plain {
    margin-inline-start: -8px;
  }
  .plain[aria-expanded='true'],
  .plain[aria-pressed='true'] {
    color: var(--accent);
  }
  @media (hover: hover) {
    .plain:hover {
      background: var(--edge);
      color: var(--ink);
    }
  }
  .root[dir='rtl'] .back svg {
    transform: scaleX(-1);
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
    color: var(--muted);
  }
  .search:focus-within {
    box-shadow: inset 0 0 0 2px var(--accent);
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
    margin-inline-start: 6px;
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
    top: 6px;
    inset-inline: 0;
    z-index: 1;
    width: max-content;
    display: flex;
    align-items: center;
    gap: 6px;
    margin: 0 auto;
    height: 32px;
    padding: 0 14px 0 10px;
    border-radius: 16px;
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

  .pane {
    position: relative;
    background: var(--surface);
  }
  .foot {
    position: relative;
    flex: none;
  }
  .vacant .empty {
    margin: auto;
  }
  .bubble {
    max-width: min(82%, 640px);
  }
  .pane .content {
    padding-inline: max(16px, (100% - 880px) / 2);
  }
  .stage > .timeline {
    scrollbar-gutter: stable;
  }

  .columns[data-show='list'] > :is(.pane, .side),
  .columns[data-show='conversation'] > :is(.list, .side),
  .columns[data-show='details'] > :is(.list, .pane) {
    display: none;
  }
  @container mailbox (min-width: 680px) {
    .columns[data-show] {
      grid-template-columns: minmax(280px, 344px) minmax(0, 1fr);
    }
    .columns[data-show] > :is(.list, .pane) {
      display: flex;
    }
    .list {
      border-inline-end: 1px solid var(--line);
    }
    .pane .back {
      display: none;
    }
    .columns[data-show] > .side {
      display: flex;
      position: absolute;
      inset-block: 0;
      inset-inline-end: 0;
      width: 320px;
      border-inline-start: 1px solid var(--line);
      box-shadow: var(--shadow);
      z-index: 3;
    }
  }
  @container mailbox (min-width: 1040px) {
    .columns[data-show][data-details] {
      grid-template-columns: minmax(280px, 344px) minmax(0, 1fr) 312px;
    }
    .columns[data-show] > .side {
      position: static;
      width: auto;
      box-shadow: none;
    }
    .side .back {
      display: none;
    }
  }

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
  @media (forced-colors: active) {
    .list,
    .side,
    .pane > .bar {
      border-color: CanvasText;
    }
    .search,
    .field,
    .bubble,
    kbd,
    .chips button[aria-pressed='true'],
    .moved {
      border: 1px solid;
    }
  }
`
