/** A command on stored data (check, backup, restore, move) cannot do its work. The message tells the operator why, and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError'
}
