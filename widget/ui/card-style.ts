import { css } from 'lit'

export const cardStyle = css`
  .picture {
    display: block;
    margin: -3px -8px 0;
  }
  .picture img {
    display: block;
    max-width: 100%;
    height: auto;
    max-height: 360px;
    min-width: 44px;
    min-height: 44px;
    border-radius: 13px;
    background: var(--edge);
    object-fit: contain;
  }
  .picture [data-loaded] {
    background: repeating-conic-gradient(#b5b5ba 0 25%, #85858a 0 50%) 0 0/16px 16px;
    forced-color-adjust: none;
  }
  .picture span {
    padding: 5px 8px 0;
  }
  .ask-picture {
    display: block;
    max-width: 100%;
    min-height: 44px;
    margin: 4px 8px;
    padding: 0 14px;
    border: 1px solid currentColor;
    border-radius: 22px;
    background: none;
    color: inherit;
    font: inherit;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  .card {
    display: flex;
    align-items: flex-start;
    width: 240px;
    max-width: 100%;
    min-height: 64px;
    margin-top: 3px;
    color: inherit;
    text-decoration: none;
  }
  .thumb,
  .offer img {
    flex: none;
    width: 64px;
    height: 64px;
    margin-inline-end: 10px;
    border-radius: 10px;
    object-fit: cover;
    background: var(--edge);
  }
  a.card:active,
  .offer button:active,
  .offer-chip button:active {
    opacity: 0.6;
  }
  .facts {
    flex: 1;
    min-width: 0;
  }
  .facts > * {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    text-align: -webkit-match-parent;
    font-size: 13px;
    line-height: 18px;
    color: var(--muted);
  }
  .facts > :empty {
    display: none;
  }
  .facts .title {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    max-height: 40px;
    font-size: 15px;
    font-weight: 600;
    line-height: 20px;
    color: var(--ink);
    overflow-wrap: anywhere;
  }
  .facts > [data-test='card-cost'] {
    color: var(--ink);
  }
  .facts s {
    color: var(--muted);
  }
  .state {
    display: inline-block;
    max-width: 100%;
    margin: 2px 0;
    padding: 0 8px;
    border-radius: 9px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    vertical-align: top;
    font-size: 12px;
    font-weight: 600;
    line-height: 18px;
    color: var(--ink);
    background: var(--edge);
    box-shadow: inset 0 0 0 1px var(--edge);
  }
  .offer {
    flex: none;
    display: flex;
    align-items: center;
    height: 56px;
    padding: 0 8px 0 12px;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  [dir='rtl'] .offer {
    padding: 0 12px 0 8px;
  }
  .offer img {
    width: 40px;
    height: 40px;
  }
  .offer .facts > * {
    font-size: 13px;
    line-height: 16px;
    max-height: 32px;
  }
  .offer .detail {
    white-space: nowrap;
  }
  .pill {
    flex: none;
    height: 44px;
    margin-inline-start: 8px;
    padding: 0 14px;
    border-radius: 22px;
    font-weight: 600;
    color: var(--accent);
    background: var(--edge);
  }
  /* Over the messages, which go on below it; it takes no room of theirs but at their beginning. */
  .offer-chip {
    position: relative;
    z-index: 2;
    height: 0;
  }
  .offer-chip button {
    position: absolute;
    top: 4px;
    inset-inline-end: 8px;
    display: flex;
    align-items: center;
    max-width: min(60%, 220px);
    height: 44px;
    padding: 0;
    font-size: 13px;
    color: var(--ink);
  }
  .offer-chip button::before {
    content: '';
    position: absolute;
    z-index: -1;
    top: 5px;
    right: 0;
    bottom: 5px;
    left: 0;
    border: 1px solid var(--line);
    border-radius: 17px;
    background: var(--surface);
  }
  .offer-chip img {
    flex: none;
    width: 26px;
    height: 26px;
    margin-inline-start: 5px;
    border-radius: 13px;
    object-fit: cover;
    background: var(--edge);
  }
  .offer-chip bdi {
    overflow: hidden;
    padding: 0 12px 0 8px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  [dir='rtl'] .offer-chip bdi {
    padding: 0 8px 0 12px;
  }
  .offer-chip + .stage .content {
    padding-top: 46px;
  }
  .offer-chip + .stage .mark:not(.new) {
    top: 46px;
  }
  [data-keyboard] .offer,
  [data-low] .offer,
  [data-keyboard] .offer-chip,
  [data-low] .offer-chip {
    display: none;
  }
  [data-keyboard] .offer-chip + .stage .content,
  [data-low] .offer-chip + .stage .content {
    padding-top: 10px;
  }
`
