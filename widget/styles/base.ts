import { css } from 'lit'

/**
 * The ground rules of every element. The page's fonts and colours do not leak in; only what tokens.ts names does.
 * Written for Chromium 64: longhands, margins instead of gaps, left/right with `[dir=rtl]`; newer things only on top.
 */
export const base = css`
  :host {
    all: initial;
    display: block;
    contain: style;
  }
  :host([hidden]) {
    display: none;
  }
  /* Once more in here: what a page forces on every element, letter-spacing and the like, comes in by inheritance. */
  .root {
    all: initial;
    display: block;
    font-family: var(--im-font, system-ui, -apple-system, 'Segoe UI', Roboto,
      'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif);
    font-size: 15px;
    line-height: 1.4;
    color: var(--ink);
    text-align: left;
    -webkit-text-size-adjust: 100%;
    text-size-adjust: 100%;
    -webkit-font-smoothing: antialiased;
    -webkit-tap-highlight-color: transparent;
  }
  .root[dir='rtl'] {
    text-align: right;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  button {
    font: inherit;
    color: inherit;
    margin: 0;
    padding: 0;
    border: 0;
    background: none;
    cursor: pointer;
    touch-action: manipulation;
    -webkit-user-select: none;
    user-select: none;
  }
  svg {
    display: block;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  a {
    color: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  :focus {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  :focus:not(:focus-visible) {
    outline: none;
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip: rect(0, 0, 0, 0);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`
