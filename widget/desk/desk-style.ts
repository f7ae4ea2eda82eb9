import { css } from 'lit'

/** What `<im-desk>` adds to the columns: shelves, whose turn it is, offers, notes, the customer. */
export const deskStyle = css`
  .list-bar .list-title {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .list-bar {
    justify-content: space-between;
    padding-inline: 12px 6px;
  }
  .tools {
    display: flex;
  }
  .tools .plain {
    width: 40px;
  }
  .tabs {
    flex: none;
    display: flex;
    align-items: center;
    gap: 4px;
    padding-inline-end: 12px;
  }
  .tabs .chips {
    flex: 1;
    padding-inline-end: 0;
  }
  .tabs .chips button {
    padding: 0 10px;
  }
  .view {
    position: relative;
    flex: none;
    display: flex;
    align-items: center;
    justify-content: center;
    width: 36px;
    height: 36px;
    border-radius: 18px;
    color: var(--muted);
  }
  .view:hover {
    background: var(--edge);
  }
  .view:focus-within {
    box-shadow: inset 0 0 0 2px var(--accent);
  }
  .view select {
    position: absolute;
    inset: 0;
    width: 100%;
    border: 0;
    font: inherit;
    opacity: 0;
    cursor: pointer;
  }
  .view[data-changed] {
    background: var(--edge);
    color: var(--accent);
  }
  .view option {
    background: var(--ground);
    color: var(--ink);
  }
  .search-foot {
    flex: none;
    margin: 0;
    padding: 8px 20px;
    font-size: 13px;
    color: var(--muted);
  }
  .search-foot:empty,
  .search-foot[data-state='done'] {
    padding: 0;
  }
  .act {
    flex: none;
    min-height: 36px;
    padding: 0 14px;
    border-radius: 18px;
    background: var(--edge);
    font-size: 14px;
    font-weight: 600;
    line-height: 36px;
    color: var(--accent);
    cursor: pointer;
  }
  .act.main {
    background: var(--accent);
    color: var(--accent-ink);
  }
  .act:disabled,
  .wide-act:disabled {
    opacity: 0.55;
    cursor: default;
  }
  .wide-act {
    width: 100%;
    min-height: 44px;
    padding: 0 16px;
    border-radius: 22px;
    background: var(--accent);
    color: var(--accent-ink);
    font-weight: 600;
  }
  .wide-act.danger {
    background: none;
    box-shadow: inset 0 0 0 1px var(--danger);
    color: var(--danger);
  }
  .service {
    flex: none;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    min-height: 48px;
    padding: 6px 10px 6px 16px;
    border-bottom: 1px solid var(--line);
    background: var(--ground);
    font-size: 14px;
  }
  .root[dir='rtl'] .service {
    padding: 6px 16px 6px 10px;
  }
  .service-word {
    flex: 1 1 140px;
    min-width: 0;
    max-height: 60px;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .service[data-state='blocked'] .service-word {
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
  .service .act,
  .thing .act,
  .trouble .act {
    background: var(--surface);
    box-shadow: inset 0 0 0 1px var(--line);
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
  :is(.offered p > span, .told > span, .service:not([data-state='blocked']) .service-word) bdi {
    display: inline-block;
    max-width: min(16em, 100%);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    vertical-align: bottom;
  }
  .offered q {
    display: block;
    color: var(--muted);
  }
  .side-body > section {
    margin-bottom: 24px;
  }
  .side-body section > .facts-list {
    margin: 0;
  }
  .thing,
  .span {
    padding: 10px 12px;
    border-radius: 12px;
    background: var(--ground);
    overflow-wrap: anywhere;
  }
  .thing .card {
    padding: 0;
    background: none;
    color: inherit;
  }
  .thing .act {
    margin-top: 8px;
  }
  .thing-line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 2px 10px;
    margin-top: 4px;
  }
  .span {
    font-size: 14px;
  }
  .span .hint {
    display: block;
    font-size: 13px;
  }
  .trouble {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin: 0 0 8px;
    padding: 8px 12px;
    border-radius: 12px;
    background: var(--edge);
    color: var(--danger);
    font-size: 14px;
  }
  progress {
    width: 100%;
    height: 4px;
    margin: 8px 0;
  }
  @media (forced-colors: active) {
    .act,
    .wide-act,
    .offers,
    .told,
    .note-card,
    .chord {
      border: 1px solid;
    }
  }
`
