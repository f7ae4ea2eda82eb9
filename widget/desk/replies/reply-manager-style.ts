import { css } from 'lit'

/** The dialog in which quick replies are written. */
export const replyManagerStyle = css`
  .manager {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
  }
  .manager .side-title {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .manager-bar,
  .form-acts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .manager .search {
    flex: 1 1 180px;
    margin: 0;
  }
  .file:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .reply-form {
    padding: 14px;
    border-radius: 14px;
    box-shadow: inset 0 0 0 1px var(--line);
    outline: 1px solid transparent;
    outline-offset: -1px;
  }
  .two {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(180px, 1fr));
    gap: 12px;
  }
`
