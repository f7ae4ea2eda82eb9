import { css } from 'lit'

/** A dialog, and the forms and lists in it. */
export const dialogStyle = css`
  .modal {
    display: flex;
    flex-direction: column;
    width: min(480px, calc(100vw - 32px));
    max-width: none;
    max-height: min(720px, calc(100vh - 32px));
    padding: 0;
    border: 0;
    border-radius: 18px;
    background: var(--surface);
    color: var(--ink);
    box-shadow: var(--shadow);
  }
  .modal:not([open]) {
    display: none;
  }
  .modal.wide {
    width: min(760px, calc(100vw - 32px));
  }
  .modal::backdrop {
    background: rgba(10, 16, 14, 0.4);
  }
  .modal > .toast-place {
    bottom: 16px;
  }
  .modal > header {
    flex: none;
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    padding-block: 14px 6px;
    padding-inline: 24px 10px;
  }
  .modal > header h2 {
    min-width: 0;
    max-height: 44px;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .modal-body {
    flex: 1;
    min-height: 0;
    padding: 4px 24px 24px;
    overflow-y: auto;
    overscroll-behavior: contain;
  }
  .modal:has(.toast) > .modal-body {
    padding-bottom: 80px;
  }
  .form {
    display: grid;
    gap: 16px;
  }
  .labelled {
    display: grid;
    gap: 4px;
    min-width: 0;
  }
  .labelled > span:first-child,
  .form legend {
    padding: 0;
    font-size: 14px;
    font-weight: 600;
  }
  .form fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .form .hint,
  .lines .hint {
    font-size: 13px;
  }
  .form :is(textarea, input:not([type])) {
    width: 100%;
    padding: 9px 12px;
    border: 1px solid var(--muted);
    border-radius: 10px;
    background: var(--ground);
    color: var(--ink);
    font: inherit;
    position: static;
    height: auto;
    min-height: 0;
    resize: vertical;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 20px;
    margin-top: 4px;
  }
  .choices label {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 36px;
  }
  .line-words {
    flex: 1;
    display: grid;
    min-width: 0;
  }
  .line-words > * {
    min-width: 0;
    max-height: 66px;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .line-words > b,
  .one-line {
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .lines {
    margin: 0 0 12px;
    padding: 0;
    list-style: none;
  }
  .lines > li {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 10px 0;
    border-top: 1px solid var(--line);
  }
  .lines > li > form {
    flex: 1;
    min-width: 0;
  }
`
