import { css } from 'lit'

/** What the features of `<im-desk>` have in common: the bar of tools, buttons, and error messages. */
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
  .composer-tools {
    display: flex;
    padding-inline: 8px;
    border-top: 1px solid var(--line);
  }
  .composer-tools .plain {
    height: 40px;
    border-radius: 10px;
  }
  .composer-tools .plain + .plain {
    margin: 0;
  }
  .composer-tools + .composer {
    border-top: 0;
    padding-top: 0;
  }
  /* A phone with the keyboard up: the last message comes first, and each tool has its key. */
  @media (max-height: 319px) {
    .composer-tools {
      display: none;
    }
  }
  .composer .pick {
    display: none;
  }
  .order-menu .reply {
    width: 100%;
    text-align: start;
  }
  .order-menu .reply:focus-visible {
    background: var(--own);
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
  .service .act,
  .thing .act,
  .trouble .act {
    background: var(--surface);
    box-shadow: inset 0 0 0 1px var(--line);
  }
  :is(.offered p > span, .toast > span, .service:not([data-state='blocked']) .service-word) bdi {
    display: inline-block;
    max-width: min(16em, 100%);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    vertical-align: bottom;
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
  @media (forced-colors: active) {
    .act,
    .wide-act,
    .offers,
    .toast,
    .note-card,
    .chord {
      border: 1px solid;
    }
  }
`
