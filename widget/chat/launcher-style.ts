import { css } from 'lit'

/**
 * The button in the corner. No declaration holds both `env()` and `var()`: an engine without `env()` drops such a declaration only at computed-value
 * time, when the fallback before it is gone.
 */
export const launcherStyle = css`
  .launcher {
    position: fixed;
    right: var(--im-right, 20px);
    bottom: calc(var(--im-bottom, 20px) + var(--im-launcher-offset, 0px));
    z-index: var(--im-z, 2147483000);
    width: 58px;
    height: 58px;
    margin: 0 env(safe-area-inset-right) env(safe-area-inset-bottom);
    border-radius: 50%;
    background: var(--accent);
    color: var(--accent-ink);
    box-shadow: var(--shadow);
  }
  [data-side='left'] > .launcher {
    right: auto;
    left: var(--im-right, 20px);
  }
  .unread {
    position: absolute;
    top: -4px;
    right: -4px;
    min-width: 22px;
    padding: 0 6px;
    border-radius: 11px;
    background: #c4322a;
    color: #fff;
    font-size: 12px;
    line-height: 22px;
    font-weight: 600;
  }
  .launcher[aria-busy='true'] svg {
    animation: launcher-busy 1s 0.3s infinite alternate;
  }
  .launcher-note {
    position: fixed;
    right: var(--im-right, 20px);
    bottom: calc(var(--im-bottom, 20px) + var(--im-launcher-offset, 0px) + 68px);
    z-index: var(--im-z, 2147483000);
    max-width: 240px;
    margin: 0 env(safe-area-inset-right) env(safe-area-inset-bottom);
    padding: 8px 12px;
    border-radius: 12px;
    background: var(--surface);
    box-shadow: var(--shadow);
    font-size: 14px;
    line-height: 20px;
  }
  [data-side='left'] > .launcher-note {
    right: auto;
    left: var(--im-right, 20px);
  }
  /* What is fixed to the window would be on every sheet. */
  @media print {
    .launcher,
    .launcher-note {
      display: none;
    }
  }
  @keyframes launcher-busy {
    to {
      opacity: 0.35;
    }
  }
  .inline {
    position: relative;
    height: 100%;
    min-height: 320px;
    min-height: min(320px, 100vh);
  }
  @media (prefers-reduced-motion: reduce) {
    .launcher[aria-busy='true'] svg {
      animation: none;
      opacity: 0.6;
    }
  }
  @media (forced-colors: active) {
    .launcher {
      border: 1px solid;
    }
  }
`
