/**
 * `import 'im-chat/vue'` once: templates checked by vue-tsc know the elements.
 * Tell the compiler that they are none of Vue's: `compilerOptions.isCustomElement: (tag) => tag.startsWith('im-')`.
 */
import type { HTMLAttributes, PublicProps } from 'vue'
import type { Elements, Tag } from './markup.ts'

type Emit<Events> = { [K in keyof Events & string]: (name: K, event: CustomEvent<Events[K]>) => void }
type Both<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never
type Component<T extends Tag> = new () => Elements[T]['element'] & {
  /** @deprecated for type checks of templates alone */
  $props: Elements[T]['markup'] & Omit<HTMLAttributes, keyof Elements[T]['markup']> & PublicProps
  /** @deprecated for type checks of templates alone */
  $emit: Both<Emit<Elements[T]['events']>[keyof Elements[T]['events'] & string]>
}

declare module 'vue' {
  interface GlobalComponents {
    'im-chat': Component<'im-chat'>
    'im-inbox': Component<'im-inbox'>
    'im-desk': Component<'im-desk'>
  }
}
