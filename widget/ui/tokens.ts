import { css } from 'lit'

/** What a page may set on the element is listed in reference/element-docs.ts (docs/elements.md). Everything else is derived. */
export const tokens = css`
  .root {
    --accent: var(--im-accent, #0c7560);
    --accent-ink: var(--im-accent-ink, #fff);
    --ground: var(--im-ground, #f4f3ef);
    --surface: var(--im-surface, #fff);
    --ink: var(--im-ink, #1b2220);
    --muted: var(--im-muted, #51605a);
    --line: var(--im-line, #e3e1db);
    --danger: var(--im-danger, #b3261e);
    --bubble: var(--im-bubble, #fff);
    --own: var(--im-bubble-own, #b9e0d1);
    --edge: rgba(0, 0, 0, 0.07);
    --shadow: 0 0 0 1px var(--edge), 0 8px 32px rgba(0, 0, 0, 0.2);
    color-scheme: light;
  }
  @media (prefers-color-scheme: dark) {
    .root[data-theme='auto'] {
      --accent: var(--im-accent, #56c9ab);
      --accent-ink: var(--im-accent-ink, #05241c);
      --ground: var(--im-ground, #111514);
      --surface: var(--im-surface, #191e1c);
      --ink: var(--im-ink, #e6ebe9);
      --muted: var(--im-muted, #9aa6a1);
      --line: var(--im-line, #2a312e);
      --danger: var(--im-danger, #ff8b7e);
      --bubble: var(--im-bubble, #222826);
      --own: var(--im-bubble-own, #193f35);
      --edge: rgba(255, 255, 255, 0.06);
      color-scheme: dark;
    }
  }
  .root[data-theme='dark'] {
    --accent: var(--im-accent, #56c9ab);
    --accent-ink: var(--im-accent-ink, #05241c);
    --ground: var(--im-ground, #111514);
    --surface: var(--im-surface, #191e1c);
    --ink: var(--im-ink, #e6ebe9);
    --muted: var(--im-muted, #9aa6a1);
    --line: var(--im-line, #2a312e);
    --danger: var(--im-danger, #ff8b7e);
    --bubble: var(--im-bubble, #222826);
    --own: var(--im-bubble-own, #193f35);
    --edge: rgba(255, 255, 255, 0.06);
    color-scheme: dark;
  }
`
