/** `import 'im-chat/svelte'` once: svelte-check knows the elements. Svelte 5: `onim-send={…}`; Svelte 4: `on:im-send={…}`. */
import type { HTMLAttributes } from 'svelte/elements'
import type { Elements, Listeners, Tag } from './markup.ts'

type Markup<T extends Tag> = Elements[T]['markup'] &
  Listeners<Elements[T]['events'], 'on'> &
  Listeners<Elements[T]['events'], 'on:'> &
  Omit<HTMLAttributes<Elements[T]['element']>, keyof Elements[T]['markup']>

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'im-chat': Markup<'im-chat'>
    'im-inbox': Markup<'im-inbox'>
    'im-desk': Markup<'im-desk'>
  }
}
