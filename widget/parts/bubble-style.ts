import { css } from 'lit'

export const bubbleStyle = css`
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
    margin: 4px 6px 0;
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
`
