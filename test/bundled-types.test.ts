/** The few types that stand in place of typebox in the published package hold the same as the original. */
import { expectTypeOf, test } from 'vitest'
import type { Type as OriginalType, Static as Original } from 'typebox'
import type { Static, Type } from '../widget/bundled-types/typebox.d.ts'

test('a schema holds the same by the bundled types as by typebox', () => {
  type OurMessage = Type.TObject<{
    id: Type.TString
    seq: Type.TOptional<Type.TInteger>
    at: Type.TNumber
    role: Type.TUnion<[Type.TLiteral<'a'>, Type.TLiteral<'b'>]>
    list: Type.TArray<Type.TObject<{ isOpen: Type.TOptional<Type.TBoolean> }>>
    pair: Type.TTuple<[Type.TString, Type.TInteger]>
    table: Type.TRecord<'^.*$', Type.TString>
  }>
  type Theirs = OriginalType.TObject<{
    id: OriginalType.TString
    seq: OriginalType.TOptional<OriginalType.TInteger>
    at: OriginalType.TNumber
    role: OriginalType.TUnion<[OriginalType.TLiteral<'a'>, OriginalType.TLiteral<'b'>]>
    list: OriginalType.TArray<OriginalType.TObject<{ isOpen: OriginalType.TOptional<OriginalType.TBoolean> }>>
    pair: OriginalType.TTuple<[OriginalType.TString, OriginalType.TInteger]>
    table: OriginalType.TRecord<'^.*$', OriginalType.TString>
  }>
  expectTypeOf<Static<OurMessage>>().toEqualTypeOf<Original<Theirs>>()
})
