/** `import 'im-chat/solid'` once: TSX of Solid knows the elements. Properties: `prop:product={…}`; events: `on:im-send={…}`. */
import type { JSX } from 'solid-js'
import type { Elements, Listeners, Tag } from './markup.ts'

type Props<T extends Tag> = { [K in keyof Elements[T]['markup'] & string as `prop:${K}`]?: Elements[T]['markup'][K] }
type Markup<T extends Tag> = Elements[T]['markup'] &
  Props<T> &
  Listeners<Elements[T]['events'], 'on:'> &
  Omit<JSX.HTMLAttributes<Elements[T]['element']>, keyof Elements[T]['markup']>

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements {
      'im-chat': Markup<'im-chat'>
      'im-inbox': Markup<'im-inbox'>
      'im-desk': Markup<'im-desk'>
    }
  }
}
