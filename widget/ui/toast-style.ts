import { css } from 'lit'

/** What has just happened, above the composer or in the dialog. */
export const toastStyle = css`
  .toast-place {
    position: absolute;
    bottom: 84px;
    inset-inline: 12px;
    z-index: 7;
    display: flex;
    justify-content: center;
    pointer-events: none;
  }
  .toast {
    display: flex;
    align-items: center;
    max-width: min(560px, 100%);
    padding-inline-start: 18px;
    border-radius: 22px;
    background: var(--ink);
    color: var(--surface);
    font-size: 14px;
    box-shadow: var(--shadow);
    pointer-events: auto;
  }
  .toast > span {
    max-height: 62px;
    padding: 8px 0;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .toast button {
    min-width: 44px;
    min-height: 44px;
    padding: 0 12px;
    font-weight: 700;
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .toast .toast-dismiss {
    padding: 0 11px;
  }
`
