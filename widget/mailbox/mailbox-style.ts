import { css } from 'lit'

/**
 * Columns, as many as columns.ts finds room for.
 *
 *   3   list │ conversation │ details
 *   2   list │ conversation            details lie over the conversation
 *   1   list, or conversation, or details
 */
export const mailboxStyles = css`
  :host {
    height: 100%;
    min-height: 320px;
    min-height: min(320px, 100vh);
    min-height: min(320px, 100dvh);
  }
  /* The composer grows up to 40 % of it. */
  .root {
    --band: min(640px, 100vh);
  }
  /* iOS zooms in on the focus of a field below 16 px. */
  @media (any-pointer: coarse) {
    input,
    select,
    textarea {
      font-size: 16px !important;
    }
  }
  .root {
    position: relative;
    height: 100%;
    background: var(--surface);
    color: var(--ink);
    accent-color: var(--accent);
  }
  .columns {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    height: 100%;
  }
  .columns[hidden] {
    display: none;
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
  /* Names and lines read by their own letters, and stand where the page's begin. */
  .list,
  .side,
  .who,
  .picker,
  .service,
  .offers,
  .toast,
  .modal,
  .blocked {
    text-align: left;
  }
  .root[dir='rtl'] :is(.list, .side, .who, .picker, .service, .offers, .toast, .modal, .blocked) {
    text-align: right;
  }
  .hint,
  .status,
  .nothing {
    unicode-bidi: plaintext;
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
  .root[dir='rtl'] :is(.back, .report-bar > .plain) svg {
    transform: scaleX(-1);
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

  .columns[data-columns='1'][data-show='list'] > :is(.pane, .side),
  .columns[data-columns='1'][data-show='conversation'] > :is(.list, .side),
  .columns[data-columns='1'][data-show='details'] > :is(.list, .pane),
  .columns:not([data-columns='1']) .pane .back,
  .columns[data-columns='3'] .side .back {
    display: none;
  }
  .columns[data-columns='2'],
  .columns[data-columns='3'] {
    grid-template-columns: minmax(264px, 344px) minmax(0, 2fr);
  }
  .columns[data-columns='3'][data-details] {
    grid-template-columns: minmax(264px, 344px) minmax(0, 1fr) 312px;
  }
  .columns:not([data-columns='1']) > .list {
    border-inline-end: 1px solid var(--line);
  }
  .columns[data-columns='3'] > .side {
    border-inline-start: 1px solid var(--line);
  }
  .columns[data-columns='2'] > .side {
    position: absolute;
    top: 0;
    bottom: 0;
    inset-inline-end: 0;
    z-index: 3;
    width: 320px;
    box-shadow: var(--shadow);
  }
  /* A phone with the keyboard up: what is needed to write and to see the last message comes first. */
  @media (max-height: 319px) {
    .bar {
      height: 44px;
    }
    .pane .composer {
      padding: 4px 8px;
    }
    .composer .blocked {
      max-height: 42px;
    }
  }
  @media (max-height: 219px) {
    .pane .service,
    .list > .chips,
    .list > .tabs {
      display: none;
    }
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
