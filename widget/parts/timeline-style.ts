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
    -webkit-overflow-scrolling: touch;
    outline-offset: -2px;
    display: flex;
    flex-direction: column;
  }
  .content {
    flex: 1 0 auto;
    display: flex;
    flex-direction: column;
    padding: 12px 12px 10px;
  }
  .mark {
    position: sticky;
    top: 6px;
    z-index: 1;
    align-self: center;
    margin: 14px 0 8px;
    padding: 2px 10px;
    border-radius: 11px;
    background: var(--ground);
    color: var(--muted);
    box-shadow: 0 0 0 1px var(--edge);
    font-size: 12px;
    line-height: 18px;
    font-weight: 500;
  }
  .mark:first-child {
    margin-top: 2px;
  }
  .mark.new {
    position: static;
    align-self: stretch;
    display: flex;
    align-items: center;
    color: var(--accent);
    box-shadow: none;
  }
  .mark.new::before,
  .mark.new::after {
    content: '';
    flex: 1;
    height: 1px;
    margin: 0 10px;
    background: currentColor;
    opacity: 0.35;
  }
  .empty {
    margin: auto;
    padding: 24px 32px;
    display: flex;
    flex-direction: column;
    align-items: center;
    text-align: center;
    color: var(--muted);
    font-size: 14px;
  }
  .empty b {
    margin: 14px 0 4px;
    font-size: 17px;
    font-weight: 600;
    color: var(--ink);
  }
  .mascot {
    display: flex;
    align-items: center;
    justify-content: center;
    width: 64px;
    height: 64px;
    border-radius: 32px;
    background: var(--own);
    color: var(--accent);
  }
  .older {
    align-self: center;
    height: 30px;
    padding: 5px;
  }
  .older i,
  .banner i {
    display: block;
    width: 16px;
    height: 16px;
    border-radius: 10px;
    border: 2px solid currentColor;
    border-top-color: transparent;
    opacity: 0.6;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(360deg);
    }
  }
  .latest {
    position: absolute;
    right: 14px;
    bottom: 12px;
    display: flex;
    align-items: center;
    justify-content: center;
    width: 44px;
    height: 44px;
    border-radius: 22px;
    background: var(--surface);
    color: var(--ink);
    box-shadow: 0 0 0 1px var(--edge), 0 3px 12px rgba(0, 0, 0, 0.18);
  }
  .root[dir='rtl'] .latest {
    right: auto;
    left: 14px;
  }
  .count {
    position: absolute;
    top: -7px;
    min-width: 20px;
    height: 20px;
    padding: 0 6px;
    border-radius: 10px;
    background: var(--accent);
    color: var(--accent-ink);
    font-size: 12px;
    line-height: 20px;
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
    min-height: 40px;
    padding: 6px 14px;
    border-radius: 12px;
    background: var(--surface);
    box-shadow: 0 0 0 1px var(--edge), 0 3px 14px rgba(0, 0, 0, 0.14);
    font-size: 13.5px;
    line-height: 1.3;
    animation: late 0.9s;
  }
  .banner span {
    flex: 1;
  }
  .banner i {
    flex: none;
    margin-right: 10px;
    color: var(--muted);
  }
  .root[dir='rtl'] .banner i {
    margin: 0 0 0 10px;
  }
  .banner[data-state='refused'] i {
    border-color: var(--danger);
    border-top-color: var(--danger);
    background: var(--danger);
    width: 8px;
    height: 8px;
    opacity: 1;
    animation: none;
  }
  .banner button {
    min-height: 44px;
    margin: -6px -6px -6px 8px;
    padding: 0 8px;
    font-weight: 600;
    color: var(--accent);
  }
  @keyframes late {
    0%,
    70% {
      opacity: 0;
    }
  }
`
