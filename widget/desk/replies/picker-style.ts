import { css } from 'lit'

export const pickerStyle = css`
  .picker {
    position: absolute;
    bottom: calc(100% + 6px);
    inset-inline: 12px;
    z-index: 2;
    max-width: 560px;
    max-height: min(320px, 50vh);
    padding: 6px;
    overflow-y: auto;
    overscroll-behavior: contain;
    border-radius: 16px;
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .picker .hint {
    padding: 10px 12px;
  }
  .reply {
    display: grid;
    grid-template-columns: minmax(0, 1fr) fit-content(40%);
    gap: 0 12px;
    padding: 8px 12px;
    border-radius: 11px;
    cursor: pointer;
    scroll-margin: 6px;
  }
  .reply[aria-selected='true'] {
    background: var(--own);
  }
  @media (hover: hover) {
    .reply:hover:not([aria-selected='true']) {
      background: var(--edge);
    }
  }
  .reply-title,
  .reply-folder,
  .reply-text {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .reply-title {
    font-weight: 600;
  }
  .reply-folder {
    font-size: 13px;
    color: var(--muted);
  }
  .reply-text {
    grid-column: 1 / -1;
    font-size: 14px;
    color: var(--muted);
  }
  .reply[aria-selected='true'] :is(.reply-folder, .reply-text) {
    color: var(--ink);
    opacity: 0.85;
  }
  @media (forced-colors: active) {
    .picker,
    .reply[aria-selected='true'] {
      border: 1px solid;
    }
  }
`
