import { css } from 'lit'

/** The assignment bar, the offers over everything, and the colleagues to choose from. */
export const assignmentStyle = css`
  .pane > .bar:has(.service) {
    flex-wrap: wrap;
    gap: 6px 12px;
    height: auto;
    min-height: 64px;
    padding-block: 8px;
  }
  .pane > .bar:has(.service) .who {
    flex: 1 1 96px;
  }
  .pane > .bar {
    container-type: inline-size;
  }
  .service {
    flex: 0 1 auto;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 4px 8px;
    min-width: 0;
    font-size: 14px;
  }
  /* Where it has no room beside the name, it has a line of its own. */
  @container (max-width: 580px) {
    .service {
      flex-basis: 100%;
      order: 1;
    }
    .service[data-state='open'] {
      flex-wrap: nowrap;
    }
    .service-acts {
      margin-inline-start: auto;
    }
  }
  .service-word {
    min-width: 0;
    padding: 3px 12px;
    overflow: hidden;
    overflow-wrap: anywhere;
    border-radius: 14px;
    background: var(--edge);
    font-size: 13px;
    font-weight: 600;
    line-height: 20px;
  }
  @media (max-height: 319px) {
    .pane > .bar:has(.service) {
      gap: 0 12px;
      padding-block: 0;
      min-height: 44px;
    }
    .pane > .bar .avatar {
      display: none;
    }
  }
  .service[data-state='open'] .service-word {
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .service[data-state='blocked'] {
    flex-basis: 100%;
    order: 1;
  }
  .service[data-state='blocked'] .service-word {
    flex: 1;
    max-height: 66px;
    font-weight: 400;
    color: var(--danger);
  }
  .answering {
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--accent);
    font-weight: 600;
  }
  .service-acts {
    display: flex;
    gap: 6px;
  }
  .countdown {
    font-variant-numeric: tabular-nums;
  }
  .offers {
    position: absolute;
    top: 12px;
    inset-inline: 12px;
    z-index: 6;
    width: fit-content;
    max-width: min(720px, calc(100% - 24px));
    max-height: 60%;
    margin: 0 auto;
    overflow-y: auto;
    border-radius: 18px;
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .offered {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 12px 14px 12px 20px;
    border-inline-start: 4px solid var(--accent);
  }
  .offered + .offered {
    border-top: 1px solid var(--line);
  }
  .offered p {
    flex: 1 1 260px;
    min-width: 0;
    margin: 0;
    max-height: 88px;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .offered q {
    display: block;
    color: var(--muted);
  }
  .colleagues {
    display: grid;
    margin-top: 6px;
  }
  .colleague {
    display: flex;
    align-items: center;
    gap: 12px;
    min-width: 0;
    padding: 8px 10px;
    border-radius: 12px;
    cursor: pointer;
  }
  .colleague:has(:checked) {
    background: var(--own);
  }
  .colleague:has(:disabled) {
    opacity: 0.55;
    cursor: default;
  }
  .colleague:has(:checked) .hint {
    color: var(--ink);
  }
  .colleague .hint {
    font-size: 13px;
  }
  .dot {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-inline-end: 6px;
    border-radius: 4px;
    background: var(--muted);
  }
  .dot[data-status='online'] {
    background: #1f9d55;
  }
  .dot[data-status='busy'] {
    background: #d64545;
  }
  .dot[data-status='away'] {
    background: #d99a1c;
  }
`
