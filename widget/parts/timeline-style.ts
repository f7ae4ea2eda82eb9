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
  .row {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    flex: none;
    margin-top: 3px;
  }
  .row.first {
    margin-top: 10px;
  }
  .row.own {
    align-items: flex-end;
  }
  .name {
    margin: 0 14px 2px;
    font-size: 12.5px;
    font-weight: 500;
    color: var(--muted);
  }
  .bubble {
    position: relative;
    max-width: 82%;
    min-width: 0;
    padding: 7px 12px 8px;
    border-radius: 18px;
    background: var(--bubble);
    box-shadow: 0 0 0 1px var(--edge);
    overflow-wrap: break-word;
    word-wrap: break-word;
    animation: appear 0.12s ease-out;
  }
  @supports (overflow-wrap: anywhere) {
    .bubble {
      overflow-wrap: anywhere;
    }
  }
  .bubble::after {
    content: '';
    display: block;
    clear: both;
  }
  .own .bubble {
    background: var(--own);
  }
  .other.last .bubble,
  .root[dir='rtl'] .own.last .bubble {
    border-bottom-left-radius: 6px;
    border-bottom-right-radius: 18px;
  }
  .own.last .bubble,
  .root[dir='rtl'] .other.last .bubble {
    border-bottom-right-radius: 6px;
    border-bottom-left-radius: 18px;
  }
  .text {
    white-space: pre-wrap;
    unicode-bidi: plaintext;
  }
  .bubble a {
    color: var(--accent);
  }
  .own .bubble a {
    color: inherit;
  }
  .meta {
    float: right;
    display: flex;
    align-items: center;
    height: 15px;
    margin: 7px -2px -3px 10px;
    font-size: 11.5px;
    line-height: 15px;
    color: var(--muted);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .root[dir='rtl'] .meta {
    float: left;
    margin: 7px 10px -3px -2px;
  }
  .tick {
    width: 16px;
    height: 12px;
    margin-left: 4px;
    stroke-width: 1.5;
  }
  .root[dir='rtl'] .tick {
    margin: 0 4px 0 0;
  }
  [data-state='read'] .tick {
    color: var(--accent);
    stroke-width: 1.8;
  }
  [data-state='failed'] .tick {
    color: var(--danger);
  }
  [data-state='waiting'] .bubble,
  [data-state='sending'] .bubble {
    animation: none;
  }
  .failure {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    margin: 0 2px -8px;
    font-size: 13px;
  }
  .reason {
    display: flex;
    align-items: center;
    margin: 0 6px;
    color: var(--danger);
  }
  .reason svg {
    margin: 0 5px;
  }
  .failure button {
    min-width: 44px;
    height: 44px;
    padding: 0 8px;
    font-weight: 600;
    color: var(--accent);
  }
  .failure button:last-child {
    color: var(--muted);
  }
  .system {
    align-self: center;
    max-width: 86%;
    margin: 10px 0 6px;
    font-size: 13px;
    color: var(--muted);
    text-align: center;
    white-space: pre-wrap;
  }
  .dots {
    display: flex;
    padding: 13px 14px;
  }
  .dots i {
    width: 7px;
    height: 7px;
    margin: 0 2.5px;
    border-radius: 4px;
    background: var(--muted);
    animation: blink 1.2s infinite;
  }
  .dots i:nth-child(2) {
    animation-delay: 0.18s;
  }
  .dots i:nth-child(3) {
    animation-delay: 0.36s;
  }
  @keyframes blink {
    0%,
    60%,
    100% {
      opacity: 0.3;
    }
    30% {
      opacity: 1;
    }
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
