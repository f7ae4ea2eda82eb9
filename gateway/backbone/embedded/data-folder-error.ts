/** The data folder cannot be used; the message is one sentence for the operator, with what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError'
}
