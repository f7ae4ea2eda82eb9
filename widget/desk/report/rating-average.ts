export const ratingCount = (ratings: readonly number[]): number => ratings.reduce((sum, count) => sum + count, 0)

/** From 1 to 5; undefined where nobody has rated. */
export function averageOf(ratings: readonly number[]): number | undefined {
  const count = ratingCount(ratings)
  return count === 0 ? undefined : ratings.reduce((sum, each, i) => sum + each * (i + 1), 0) / count
}
