import { css } from 'lit'

/** What the shop knows of the customer, in the third column. */
export const customerStyle = css`
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
    min-height: 0;
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
  .shop-line {
    display: flex;
    align-items: center;
    gap: 12px;
  }
  .shop-line b,
  .shop-line .hint {
    display: block;
    overflow-wrap: anywhere;
  }
  .span {
    font-size: 14px;
  }
  .span .hint {
    display: block;
    font-size: 13px;
  }
  progress {
    width: 100%;
    height: 4px;
    margin: 8px 0;
  }
`
