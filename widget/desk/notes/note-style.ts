import { css } from 'lit'

/** Yellow and dashed, on a dark page a dark yellow: nobody takes a note for a message, and none dazzles at night. */
export const noteStyle = css`
  .root {
    --note: #fff6d6;
    --note-field: #fffdf5;
    --note-ink: #3d3205;
    --note-hint: #5c4d12;
    --note-edge: #c9a227;
    --note-act: #5c4d12;
    --note-act-ink: #fff;
    --amber: #8a5300;
  }
  .root[data-theme='dark'] {
    --note: #2d2710;
    --note-field: #1d1908;
    --note-ink: #f3e6b0;
    --note-hint: #d3c078;
    --note-edge: #8a7320;
    --note-act: #e3c45a;
    --note-act-ink: #2d2710;
    --amber: #f0b84a;
  }
  @media (prefers-color-scheme: dark) {
    .root[data-theme='auto'] {
      --note: #2d2710;
      --note-field: #1d1908;
      --note-ink: #f3e6b0;
      --note-hint: #d3c078;
      --note-edge: #8a7320;
      --note-act: #e3c45a;
      --note-act-ink: #2d2710;
      --amber: #f0b84a;
    }
  }
  .mark:has(.note-card) {
    align-self: stretch;
    margin: 8px 0;
    padding: 0;
    border-radius: 12px;
    background: none;
    box-shadow: none;
    font-weight: 400;
  }
  .note-card {
    padding: 8px 14px 10px;
    border: 1px dashed var(--note-edge);
    border-radius: 12px;
    background: var(--note);
    color: var(--note-ink);
    font-size: 14px;
    line-height: 20px;
    text-align: start;
  }
  .note-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 10px;
    font-size: 12.5px;
  }
  .note-head b {
    max-width: 60%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .note-head button {
    min-height: 28px;
    padding: 0 4px;
    font-weight: 600;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .note-text {
    max-height: 240px;
    overflow: hidden auto;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .note-form {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 6px 12px;
    padding: 10px 12px;
    border-top: 1px dashed var(--note-edge);
    background: var(--note);
    color: var(--note-ink);
  }
  .note-form .hint {
    color: var(--note-hint);
    font-size: 13px;
  }
  .note-acts {
    display: flex;
    gap: 6px;
  }
  .note-form .act:not(.main) {
    color: var(--note-ink);
  }
  .note-form .act.main {
    background: var(--note-act);
    color: var(--note-act-ink);
  }
  .note-form .note-field {
    grid-column: 1 / -1;
    position: static;
    width: 100%;
    height: auto;
    padding: 8px 10px;
    border: 1px solid var(--note-edge);
    border-radius: 10px;
    background: var(--note-field);
    color: var(--note-ink);
    font: inherit;
    resize: vertical;
  }
  .note-field::placeholder {
    color: var(--note-hint);
    opacity: 1;
  }
`
