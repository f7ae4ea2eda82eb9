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
    max-height: 260px;
    min-width: 120px;
    min-height: 60px;
    border-radius: 13px;
    background: var(--edge);
    object-fit: cover;
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
  .card,
  .offer {
    display: flex;
    align-items: center;
    min-height: 44px;
    color: inherit;
    text-decoration: none;
  }
  .thumb,
  .offer img {
    flex: none;
    width: 48px;
    height: 48px;
    margin: 0 8px;
    border-radius: 10px;
    object-fit: cover;
    background: var(--edge);
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
    color: var(--muted);
  }
  .facts .title {
    font-size: 15px;
    font-weight: 600;
    color: var(--ink);
  }
  .offer {
    flex: none;
    padding: 8px;
    border-top: 1px solid var(--line);
  }
  .offer .facts > * {
    padding: 0 8px;
    white-space: nowrap;
  }
  .pill {
    height: 44px;
    padding: 0 14px;
    border-radius: 22px;
    font-weight: 600;
    color: var(--accent);
    background: var(--edge);
  }
`
