/** The data folder cannot be used; the message is one sentence for the operator, with what to do. */
export class DataFolderError extends Error {
  override readonly name: string = 'DataFolderError'
}

/** It cannot be used because what is in it is not what was written: a salvage may help. */
export class DamagedFolder extends DataFolderError {
  override readonly name = 'DamagedFolder'
}
