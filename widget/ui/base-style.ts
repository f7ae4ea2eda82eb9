import { css } from 'lit'

/**
 * The ground rules of every element. The page's fonts and colours do not leak in; only what tokens.ts names does.
 * Forced colours drop shadows: an edge or a focus ring that a shadow draws has a transparent outline of the same width, which they make visible.
 * Written for Chromium 64: margins instead of gaps, few `[dir=rtl]` because most boxes are symmetrical; newer things only on top.
 */
export const base = css`
  :host {
    all: initial;
    display: block;
    contain: style;
    /* what the page hides is hidden */
    visibility: inherit;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  /* Once more in here: what a page forces on every element, letter-spacing and the like, comes in by inheritance. */
  .root {
    all: initial;
    display: block;
    visibility: inherit;
    font: 15px/1.4 var(--im-font, system-ui, -apple-system, sans-serif);
    color: var(--ink);
    -webkit-text-size-adjust: 100%;
    -webkit-tap-highlight-color: transparent;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
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
  /* Everything answers a finger, which has no pointer to show what it is on. */
  button:active,
  [role='option']:active {
    opacity: 0.75;
  }
  .plain,
  .send,
  .latest {
    flex: none;
    width: 44px;
    height: 44px;
    border-radius: 50%;
    color: var(--muted);
  }
  svg {
    display: block;
    flex: none;
    margin: auto;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  a {
    color: inherit;
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
    overflow: hidden;
    clip: rect(0, 0, 0, 0);
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`
