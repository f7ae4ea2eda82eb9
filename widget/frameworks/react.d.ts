/**
 * `import 'im-chat/react'` once: TSX knows the elements. React 19 sets properties and hears `onim-send={…}`.
 * React 18 writes attributes: give it objects as JSON, and listen through a ref.
 */
import type * as React from 'react'
import type { Elements, Listeners, Tag } from './markup.ts'

type Markup<T extends Tag> = Elements[T]['markup'] &
  Listeners<Elements[T]['events'], 'on'> &
  Omit<React.HTMLAttributes<Elements[T]['element']>, keyof Elements[T]['markup']> &
  React.ClassAttributes<Elements[T]['element']> & { class?: string | undefined }

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'im-chat': Markup<'im-chat'>
      'im-inbox': Markup<'im-inbox'>
      'im-desk': Markup<'im-desk'>
    }
  }
}
