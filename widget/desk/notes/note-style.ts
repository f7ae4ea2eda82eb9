import { css } from 'lit'

/** Yellow and dashed in every theme: nobody takes a note for a message. */
export const noteStyle = css`
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
    border: 1px dashed #c9a227;
    border-radius: 12px;
    background: #fff6d6;
    color: #3d3205;
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
    border-top: 1px dashed #c9a227;
    background: #fff6d6;
    color: #3d3205;
  }
  .note-form .hint {
    color: #5c4d12;
    font-size: 13px;
  }
  .note-acts {
    display: flex;
    gap: 6px;
  }
  .note-form .act:not(.main) {
    color: #3d3205;
  }
  .note-form .act.main {
    background: #5c4d12;
    color: #fff;
  }
  .note-form .note-field {
    grid-column: 1 / -1;
    position: static;
    width: 100%;
    height: auto;
    padding: 8px 10px;
    border: 1px solid #c9a227;
    border-radius: 10px;
    background: #fffdf5;
    color: #1b2220;
    font: inherit;
    resize: vertical;
  }
  .note-field::placeholder {
    color: #5c4d12;
    opacity: 1;
  }
`
