import { css } from 'lit'

/** What opens above the composer (tray.ts), which sets `--room`: the height that there is. */
export const trayStyle = css`
  .tray {
    position: absolute;
    left: 8px;
    right: 8px;
    bottom: 100%;
    z-index: 3;
    display: flex;
    pointer-events: none;
  }
  .tray[data-kind='emoji'],
  .tray[data-kind='enter'] {
    justify-content: flex-end;
  }
  .sheet {
    max-width: 100%;
    max-height: var(--room);
    margin: 0 0 6px;
    padding: 6px;
    overflow-y: auto;
    overscroll-behavior: contain;
    border-radius: 16px;
    outline: 1px solid transparent;
    background: var(--surface);
    box-shadow: var(--shadow);
    pointer-events: auto;
    animation: appear 0.12s;
  }
  .sheet button {
    display: block;
    width: 100%;
    min-width: 176px;
    min-height: 44px;
    padding: 8px 14px;
    border-radius: 10px;
    text-align: start;
  }
  .sheet small {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    max-width: 280px;
    font-size: 13px;
    color: var(--muted);
    white-space: nowrap;
  }
  .sheet button:hover,
  .sheet button:active,
  .sheet [aria-checked='true'] {
    background: var(--edge);
  }
  .sheet [aria-checked='true'] {
    font-weight: 600;
  }
  .sheet button:focus {
    outline-offset: -2px;
  }
  .emojis {
    width: 344px;
  }
  .emojis b {
    display: block;
    margin: 6px 6px 2px;
    font-size: 12px;
    color: var(--muted);
  }
  .emojis div {
    display: flex;
    flex-wrap: wrap;
  }
  .sheet.emojis button {
    width: 40px;
    min-width: 0;
    min-height: 40px;
    padding: 0;
    font: 24px/40px 'Apple Color Emoji', 'Segoe UI Emoji', 'Noto Color Emoji', sans-serif;
    text-align: center;
  }
`
