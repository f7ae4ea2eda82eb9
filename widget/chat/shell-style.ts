import { css } from 'lit'

/**
 * Frame and panel. The frame is the visible band of the screen; only viewport/viewport.ts writes its top and bottom. It must have no transform and no
 * transition, or the composer would slide behind the keyboard.
 *
 * `env()` never shares a declaration with `var()`: see launcher-style.ts.
 */
export const shell = css`
  .frame {
    position: fixed;
    top: 0;
    right: 0;
    bottom: 0;
    left: 0;
    z-index: var(--im-z, 2147483000);
    display: flex;
    align-items: flex-end;
    pointer-events: none;
  }
  @media print {
    .root:not(.inline) .frame {
      display: none;
    }
  }
  .probe {
    visibility: hidden;
  }
  /* In the top layer it is only a holder: what the engine gives a popover is undone. */
  .place[popover] {
    top: 0;
    left: 0;
    right: auto;
    bottom: auto;
    width: 0;
    height: 0;
    margin: 0;
    padding: 0;
    border: 0;
    overflow: visible;
    background: none;
    color: inherit;
  }
  .panel {
    width: var(--im-width, 384px);
    height: var(--im-height, 640px);
    max-height: calc(100% - 40px);
    margin: 20px var(--im-right, 20px) var(--im-bottom, 20px) auto;
    display: flex;
    flex-direction: column;
    overflow: hidden;
    border-radius: var(--im-radius, 18px);
    background: var(--surface);
    box-shadow: var(--shadow);
    pointer-events: auto;
    outline: none;
    overscroll-behavior: contain;
    transform-origin: 100% 100%;
    animation: panel-grow 0.18s cubic-bezier(0.2, 0, 0, 1);
  }
  [data-side='left'] .panel {
    margin-right: auto;
    margin-left: var(--im-right, 20px);
    transform-origin: 0 100%;
  }
  /* The panel moves and not the frame, whose place is measured and final. What covers the page comes opaque, or two pages would be read at once. */
  @keyframes panel-grow {
    from {
      transform: scale(0.8);
      opacity: 0;
    }
  }
  @keyframes panel-rise {
    from {
      transform: translateY(24px);
    }
  }
  .modal .panel {
    animation-name: panel-rise;
  }
  /* Closes with a motion where the engine can wait with display: none. A panel that leaves the top layer would jump. */
  .frame[hidden] {
    transition: display 0.12s allow-discrete;
  }
  .frame[hidden] .panel {
    transform: scale(0.8);
    opacity: 0;
    pointer-events: none;
    animation: none;
    transition:
      transform 0.12s ease-in,
      opacity 0.12s ease-in;
  }
  .frame.modal[hidden] .panel {
    transform: translateY(24px);
  }
  [data-lifted] .frame {
    transition: none;
  }
  .modal .panel,
  .inline .panel {
    width: 100%;
    height: 100%;
    max-height: none;
    margin: 0;
    border-radius: 0;
    box-shadow: none;
  }
  .inline [data-frame] {
    position: absolute;
    z-index: auto;
  }
  .inline .panel {
    border-radius: var(--im-radius, 0);
    animation: none;
  }
  .header {
    flex: none;
    display: flex;
    align-items: center;
    padding: 0 8px;
    border-bottom: 1px solid var(--line);
  }
  /* Its height, which a safe area adds to. */
  .header::before {
    content: '';
    height: 59px;
  }
  [data-low] .header::before {
    height: 43px;
  }
  .modal .header,
  .inline [data-touches~='top'] .header {
    padding-top: env(safe-area-inset-top);
  }
  .modal .panel,
  .inline [data-touches~='left'] .panel {
    padding-left: env(safe-area-inset-left);
  }
  .modal .panel,
  .inline [data-touches~='right'] .panel {
    padding-right: env(safe-area-inset-right);
  }
  .avatar {
    position: relative;
    flex: none;
    width: 40px;
    height: 40px;
    margin: 0 10px;
    border-radius: 50%;
    overflow: hidden;
    background: var(--own);
    font-weight: 600;
    line-height: 40px;
    text-align: center;
  }
  .avatar svg {
    margin: 8px;
  }
  .avatar img {
    position: absolute;
    top: 0;
    left: 0;
    object-fit: cover;
    background: var(--surface);
  }
  .who {
    flex: 1;
    min-width: 0;
  }
  .who .title,
  .status {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 17px;
    font-weight: 600;
    line-height: 22px;
    text-align: -webkit-match-parent;
  }
  /* As high without a word, which comes once it is final. */
  .who .status {
    min-height: 18px;
    font-size: 13px;
    font-weight: 400;
    line-height: 18px;
    color: var(--muted);
  }
  /* On the narrowest phones on two lines, whose room is there before the word. */
  @media (max-width: 359px) {
    .frame:not([data-low]) .status {
      height: 32px;
      line-height: 16px;
      white-space: normal;
    }
  }
  .status::before {
    content: '● ';
    color: #b58a1e;
  }
  .status:empty::before {
    content: none;
  }
  [data-state='live']::before {
    color: #22a06b;
  }
  [data-state='waiting']::before,
  [data-state='refused']::before {
    color: var(--danger);
  }
  [data-state='offline']::before {
    color: inherit;
  }
  @media (forced-colors: active) {
    .panel,
    .send,
    .bubble {
      border: 1px solid;
    }
  }
`
