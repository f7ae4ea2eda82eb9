import { css } from 'lit'

export const timelineStyle = css`
  .stage {
    position: relative;
    flex: 1;
    min-height: 0;
    display: flex;
    flex-direction: column;
    background: var(--ground);
  }
  .timeline {
    flex: 1;
    min-height: 0;
    overflow-x: hidden;
    overflow-y: auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    outline-offset: -2px;
    display: flex;
    flex-direction: column;
  }
  .content {
    flex: 1 0 auto;
    display: flex;
    flex-direction: column;
    padding: 10px 12px;
  }
  .mark {
    -webkit-user-select: none;
    user-select: none;
    align-self: center;
    margin: 12px 0 6px;
    padding: 2px 10px;
    border-radius: 11px;
    background: var(--ground);
    color: var(--muted);
    box-shadow: 0 0 0 1px var(--edge);
    font-size: 12px;
    line-height: 17px;
  }
  .new {
    color: var(--accent);
  }
  .empty {
    margin: auto;
    padding: 24px 32px;
    text-align: center;
    color: var(--muted);
  }
  .empty b {
    display: block;
    margin: 14px 0 4px;
    font-size: 17px;
    font-weight: 600;
    color: var(--ink);
  }
  .questions {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    margin: 6px 0;
  }
  .questions .pill {
    max-width: 82%;
    height: auto;
    min-height: 44px;
    margin: 4px 0;
    padding: 8px 16px;
    background: var(--surface);
    box-shadow: inset 0 0 0 1px var(--accent);
    text-align: start;
    overflow-wrap: break-word;
  }
  .mascot {
    display: block;
    width: 64px;
    margin: auto;
    padding: 19px 0;
    border-radius: 50%;
    background: var(--own);
    color: var(--accent);
  }
  .older {
    align-self: center;
    padding: 7px;
  }
  .older i,
  .banner i {
    display: block;
    flex: none;
    width: 16px;
    height: 16px;
    border-radius: 50%;
    border: 2px solid var(--muted);
    border-top-color: transparent;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(360deg);
    }
  }
  .latest {
    position: absolute;
    bottom: 12px;
    align-self: flex-end;
    margin: 0 14px;
    background: var(--surface);
    color: var(--ink);
    box-shadow: var(--shadow);
  }
  .above {
    position: absolute;
    top: 10px;
    z-index: 1;
    align-self: center;
    display: flex;
    align-items: center;
    height: 44px;
    padding: 0 16px 0 10px;
    background: var(--surface);
    color: var(--accent);
    box-shadow: var(--shadow);
    font-weight: 600;
  }
  .above svg {
    width: 18px;
    margin: 0 4px;
    transform: rotate(180deg);
  }
  .found .bubble,
  .system.found {
    animation: found 1.6s;
  }
  @keyframes found {
    from {
      box-shadow: 0 0 0 3px var(--accent);
    }
  }
  .count {
    position: absolute;
    top: -7px;
    right: -4px;
    min-width: 22px;
    padding: 0 6px;
    border-radius: 11px;
    background: var(--accent);
    color: var(--accent-ink);
    font-size: 12px;
    line-height: 22px;
    font-weight: 600;
  }
  .banner {
    position: absolute;
    top: 8px;
    left: 12px;
    right: 12px;
    z-index: 2;
    display: flex;
    align-items: center;
    min-height: 44px;
    padding: 0 4px;
    border-radius: 12px;
    background: var(--surface);
    box-shadow: var(--shadow);
    font-size: 13px;
    animation: appear 0.3s 0.6s backwards;
  }
  .banner > * {
    margin: 0 6px;
  }
  .banner span {
    flex: 1;
  }
  .banner[data-state='refused'] i {
    border-color: var(--danger);
    animation: none;
  }
  @media (forced-colors: active) {
    .pill,
    .banner,
    .latest {
      border: 1px solid;
    }
  }
  .banner button,
  .failure button {
    min-width: 44px;
    height: 44px;
    padding: 0 8px;
    font-weight: 600;
    color: var(--accent);
  }
`
