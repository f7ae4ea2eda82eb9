/**
 * What the published types need of typebox, whose package is larger than the whole widget: the kinds of schema that the protocol has, and what they
 * hold. Stands in place of `typebox` in the package for pages; test/bundled-types.test.ts compares it with the original.
 */
interface Holds<T> {
  readonly '~holds': T
}
interface Optional {
  readonly '~optional': true
}

export type Static<S> = S extends Holds<infer T> ? T : never

type OptionalKeys<P> = { [K in keyof P]: P[K] extends Optional ? K : never }[keyof P]
type Fields<P> = { [K in Exclude<keyof P, OptionalKeys<P>>]: Static<P[K]> } & { [K in OptionalKeys<P>]?: Static<P[K]> }

export declare namespace Type {
  interface TString extends Holds<string> {}
  interface TNumber extends Holds<number> {}
  interface TInteger extends Holds<number> {}
  interface TBoolean extends Holds<boolean> {}
  interface TLiteral<T> extends Holds<T> {}
  interface TArray<S> extends Holds<Static<S>[]> {}
  interface TUnion<S extends readonly unknown[]> extends Holds<Static<S[number]>> {}
  interface TTuple<S extends readonly unknown[]> extends Holds<{ [K in keyof S]: Static<S[K]> }> {}
  interface TRecord<_Key, S> extends Holds<Record<string, Static<S>>> {}
  interface TObject<P = Record<never, never>> extends Holds<{ [K in keyof Fields<P>]: Fields<P>[K] }> {}
  type TOptional<S> = S & Optional
}
export type TObject<P = Record<never, never>> = Type.TObject<P>
