import { css } from 'lit'

export const bubbleStyle = css`
  .row {
    position: relative;
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    flex: none;
    margin-top: 2px;
  }
  .first {
    margin-top: 12px;
  }
  .mark + .first {
    margin-top: 6px;
  }
  .own {
    align-items: flex-end;
  }
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
    max-width: 82%;
    margin: 0 14px 2px;
    font-size: 12px;
    line-height: 17px;
    color: var(--muted);
  }
  .bubble {
    position: relative;
    max-width: 82%;
    padding: 7px 12px 8px;
    border-radius: 18px;
    background: var(--bubble);
    box-shadow: 0 0 0 1px var(--edge);
    overflow: hidden;
    overflow-wrap: break-word;
    overflow-wrap: anywhere;
  }
  .own .bubble {
    background: var(--own);
  }
  .other.last .bubble {
    border-end-start-radius: 6px;
  }
  .own.last .bubble {
    border-end-end-radius: 6px;
  }
  .text {
    white-space: pre-wrap;
    unicode-bidi: plaintext;
  }
  .gone {
    font-style: italic;
    color: var(--muted);
  }
  .quote {
    display: block;
    width: 100%;
    min-height: 44px;
    margin: 1px 0 6px;
    padding: 4px 10px;
    border-inline-start: 3px solid var(--accent);
    border-radius: 6px;
    background: var(--ground);
    font-size: 13px;
    line-height: 18px;
    text-align: start;
    color: var(--muted);
  }
  .quote b,
  .quote span {
    display: block;
    max-height: 36px;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .quote b {
    max-height: 18px;
    color: var(--ink);
  }
  .other a {
    color: var(--accent);
  }
  .big .bubble {
    padding: 0 2px;
    border: 0;
    background: none;
    box-shadow: none;
  }
  .big .text {
    font: 36px/44px 'Apple Color Emoji', 'Segoe UI Emoji', 'Noto Color Emoji', sans-serif;
  }
  /* whoever copies messages gets their words alone */
  .name,
  .meta,
  .row > time,
  .row .sr,
  .failure,
  .put-off {
    -webkit-user-select: none;
    user-select: none;
  }
  .meta {
    float: right;
    display: flex;
    align-items: center;
    margin: 6px 0 -3px 10px;
  }
  .meta,
  .row > time {
    font-size: 12px;
    line-height: 16px;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  /* The time of a message that shows none: at the other side of the row, when somebody points at the message. */
  .row > time {
    position: absolute;
    bottom: 9px;
    right: 0;
    opacity: 0;
    pointer-events: none;
  }
  .own > time {
    right: auto;
    left: 0;
  }
  [dir='rtl'] .other > time {
    right: auto;
    left: 0;
  }
  [dir='rtl'] .own > time {
    left: auto;
    right: 0;
  }
  .row:active > time,
  .row:focus > time {
    opacity: 1;
  }
  .row:focus-within > time {
    opacity: 1;
  }
  @media (hover: hover) {
    .row:hover > time {
      opacity: 1;
    }
  }
  [dir='rtl'] .meta {
    float: left;
    margin: 6px 10px -3px 0;
  }
  .tick {
    width: 16px;
    margin: 0 3px;
    stroke-width: 1.5;
  }
  .seen {
    margin: 0 3px;
  }
  time + .seen::before {
    content: '· ';
  }
  .big .meta {
    margin-top: 26px;
  }
  .failure {
    margin: 0 2px -8px;
    font-size: 13px;
    text-align: end;
    color: var(--danger);
  }
  .put-off {
    margin: 2px 2px 0;
    font-size: 13px;
    text-align: end;
    color: var(--muted);
  }
  .failure span {
    display: inline-block;
  }
  .failure svg {
    display: inline;
    width: 15px;
    margin: 0 5px;
    vertical-align: -6px;
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
    overflow: hidden;
    overflow-wrap: break-word;
  }
  .dots {
    display: flex;
    padding: 13px 14px;
  }
  .dots i {
    width: 7px;
    height: 7px;
    margin: 0 2px;
    border-radius: 50%;
    background: var(--muted);
    animation: appear 0.6s infinite alternate;
  }
  .dots i:nth-child(2) {
    animation-delay: 0.2s;
  }
  .dots i:nth-child(3) {
    animation-delay: 0.4s;
  }
`
