import { css } from 'lit'

export const cardStyle = css`
  .picture {
    display: block;
    margin: -3px -8px 0;
  }
  .picture img {
    display: block;
    max-width: 100%;
    max-height: 260px;
    width: auto;
    height: auto;
    min-width: 120px;
    min-height: 60px;
    border-radius: 13px;
    background: var(--edge);
    object-fit: cover;
  }
  .picture span {
    display: block;
    padding: 5px 8px 0;
  }
  .card {
    display: flex;
    align-items: center;
    min-height: 44px;
    white-space: normal;
    text-decoration: none;
  }
  .bubble a.card {
    color: inherit;
  }
  .thumb,
  .offer img {
    flex: none;
    width: 56px;
    height: 56px;
    margin-right: 12px;
    border-radius: 10px;
    object-fit: cover;
    background: var(--edge);
  }
  .root[dir='rtl'] .thumb,
  .root[dir='rtl'] .offer img {
    margin: 0 0 0 12px;
  }
  .facts {
    flex: 1;
    min-width: 0;
    display: flex;
    flex-direction: column;
  }
  .label {
    font-size: 12px;
    color: var(--muted);
  }
  .facts .title {
    font-weight: 600;
    line-height: 1.3;
  }
  .detail {
    font-size: 14px;
    color: var(--muted);
  }
  .offer {
    flex: none;
    display: flex;
    align-items: center;
    padding: 8px 4px 8px 12px;
    border-top: 1px solid var(--line);
    background: var(--surface);
  }
  .root[dir='rtl'] .offer {
    padding: 8px 12px 8px 4px;
  }
  .offer img {
    width: 40px;
    height: 40px;
  }
  .offer .title {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 14px;
  }
  .offer .detail {
    font-size: 13px;
  }
  .pill {
    flex: none;
    height: 44px;
    margin: 0 4px;
    padding: 0 14px;
    border-radius: 22px;
    font-size: 14px;
    font-weight: 600;
    color: var(--accent);
    background: var(--edge);
  }
`
