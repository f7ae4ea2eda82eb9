/** White space, joiners, marks of direction, soft hyphens. */
const INVISIBLE = /^[\s\p{Cf}]*$/u

/** Whether there is nothing to see in it. */
export const isInvisible = (text: string): boolean => INVISIBLE.test(text)
