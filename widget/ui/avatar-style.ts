import { css } from 'lit'

/** Six tints of one lightness, so that no person looks more important than another. */
export const avatarStyle = css`
  .face {
    position: relative;
    flex: none;
    width: 40px;
    height: 40px;
    border-radius: 20px;
    font-weight: 600;
    font-size: 16px;
    line-height: 40px;
    text-align: center;
    color: var(--ink);
    background: color-mix(in srgb, var(--tint) 22%, var(--surface));
    box-shadow: inset 0 0 0 1px var(--edge);
    user-select: none;
  }
  .face img {
    position: absolute;
    top: 0;
    left: 0;
    width: 100%;
    height: 100%;
    border-radius: inherit;
    object-fit: cover;
    background: var(--surface);
  }
  @media (forced-colors: active) {
    .face {
      border: 1px solid;
      line-height: 38px;
    }
  }
  .face[data-tint='0'] {
    --tint: #0c9a7c;
  }
  .face[data-tint='1'] {
    --tint: #3c7dd9;
  }
  .face[data-tint='2'] {
    --tint: #b0762a;
  }
  .face[data-tint='3'] {
    --tint: #b5507a;
  }
  .face[data-tint='4'] {
    --tint: #7a5cc9;
  }
  .face[data-tint='5'] {
    --tint: #6d8a1e;
  }
`
