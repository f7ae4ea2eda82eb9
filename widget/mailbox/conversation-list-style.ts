import { css } from 'lit'

/** `--_before` and `--_after` are the heights of the rows that are not rendered, see virtual-rows.ts. */
export const conversationListStyle = css`
  .rows {
    position: relative;
    flex: 1;
    min-height: 0;
    padding: 4px 8px 8px;
    overflow-y: auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    outline: none;
  }
  .before {
    height: var(--_before, 0);
  }
  .after {
    height: var(--_after, 0);
  }
  .away {
    position: absolute;
    top: 0;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .entry {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    grid-template-areas: 'face name time' 'face last count';
    align-items: center;
    column-gap: 12px;
    padding: 10px 12px;
    border-radius: 12px;
    cursor: pointer;
    contain: content;
  }
  .entry > .face {
    grid-area: face;
  }
  .entry-there {
    grid-area: face;
    align-self: end;
    justify-self: end;
    position: relative;
    width: 10px;
    height: 10px;
    border-radius: 7px;
    border: 2px solid var(--surface);
    box-sizing: content-box;
    background: #1f9d55;
  }
  .entry-name,
  .entry-last {
    min-width: 0;
    height: 22px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    line-height: 22px;
  }
  .entry-name {
    grid-area: name;
    font-weight: 500;
  }
  .entry-time {
    grid-area: time;
    justify-self: end;
    font-size: 12.5px;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .entry-last {
    grid-area: last;
    font-size: 14px;
    color: var(--muted);
  }
  .entry-end {
    grid-area: count;
    justify-self: end;
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .entry-mark {
    max-width: 112px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 12.5px;
    line-height: 20px;
    color: var(--muted);
  }
  .entry-mark:is([data-state='waiting'], [data-state='offered']) {
    color: var(--accent);
    font-weight: 600;
  }
  .entry-mark[data-state='blocked'] {
    color: var(--danger);
  }
  .root [data-urgency='amber'] {
    color: var(--amber);
    font-weight: 600;
    opacity: 1;
  }
  .root [data-urgency='red'] {
    color: var(--danger);
    font-weight: 600;
    opacity: 1;
  }
  .entry mark {
    border-radius: 3px;
    background: var(--found, #ffe08a);
    color: #1b2220;
  }
  .entry-count {
    min-width: 20px;
    padding: 0 6px;
    border-radius: 10px;
    background: var(--accent);
    color: var(--accent-ink);
    font-size: 12px;
    line-height: 20px;
    font-weight: 600;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }
  .entry:not([data-unread='0']) .entry-name {
    font-weight: 650;
  }
  .entry:not([data-unread='0']) :is(.entry-last, .entry-time) {
    color: var(--ink);
  }
  @media (hover: hover) {
    .entry:hover {
      background: var(--edge);
    }
  }
  .entry[aria-selected='true'] {
    position: sticky;
    inset-block: 0;
    z-index: 1;
    background: var(--own);
  }
  .edge {
    position: sticky;
    inset-block: 0;
    z-index: 1;
    height: 0;
  }
  .edge > .entry[aria-selected='true'] {
    position: absolute;
    inset-inline: 0;
    inset-block: auto;
    box-shadow: var(--shadow);
  }
  .after ~ .edge > .entry[aria-selected='true'] {
    bottom: 0;
  }
  .entry-draft {
    color: var(--danger);
  }
  .entry[aria-selected='true'] :is(.entry-last, .entry-time, .entry-mark) {
    color: var(--ink);
    opacity: 0.8;
  }
  .rows:focus-visible .entry[data-active] {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  @media (forced-colors: active) {
    .entry[aria-selected='true'] {
      background: Highlight;
      color: HighlightText;
      forced-color-adjust: none;
    }
    .entry[aria-selected='true'] :is(.entry-name, .entry-last, .entry-time, .entry-mark, .entry-count, .face) {
      background: Highlight;
      color: HighlightText;
      opacity: 1;
    }
    .entry-count {
      border: 1px solid;
    }
  }
`
