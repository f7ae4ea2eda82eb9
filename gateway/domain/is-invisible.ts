/** White space, joiners, marks of direction, soft hyphens, fillers, the empty braille cell. */
const INVISIBLE = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u

/** Whether there is nothing to see in it. */
export const isInvisible = (text: string): boolean => INVISIBLE.test(text)
