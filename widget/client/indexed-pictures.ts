import type { PictureStore } from './picture-store.ts'

/**
 * Waiting pictures in IndexedDB, which has room where the local storage (5 MB) has none. A separate script, because most chats are text only. It imports
 * nothing as code, or it would share a chunk with the main script.
 *
 * Bounded over all people and gateways of this origin. The index holds time and size of each, so that nobody has to read the pictures to add them up.
 */
const NAME = 'im-chat pictures'
const STORE = 'pictures'
const WEIGHT = 'weight'
const COUNT = 100
/** In characters of their `data:` addresses. */
const LENGTH = 64_000_000
/** A window writes the reference shortly after the picture; what nothing refers to after this time is left over. */
const LEFT_OVER_MS = 600_000

type Key = readonly [at: number, length: number]

export const indexedPictures: PictureStore = {
  async put(key, url, { now, isWanted }) {
    const transaction = (await database()).transaction(STORE, 'readwrite')
    const store = transaction.objectStore(STORE)
    let count = 1
    let length = url.length
    const weighing = store.index(WEIGHT).openKeyCursor()
    weighing.onsuccess = () => {
      const cursor = weighing.result
      if (!cursor) {
        if (count > COUNT || length > LENGTH) transaction.abort()
        else store.put({ url, weight: [now, url.length] }, key)
        return
      }
      const [at, itsLength] = cursor.key as unknown as Key
      if (Math.abs(now - at) > LEFT_OVER_MS && !isWanted(String(cursor.primaryKey))) {
        store.delete(cursor.primaryKey)
      } else if (cursor.primaryKey !== key) {
        count++
        length += itsLength
      }
      cursor.continue()
    }
    await end(transaction)
  },

  async get(key) {
    const asked = (await database()).transaction(STORE).objectStore(STORE).get(key) as IDBRequest<{ readonly url?: unknown } | undefined>
    const found = await answer(asked)
    return typeof found?.url === 'string' ? found.url : undefined
  },

  async remove(prefix) {
    const transaction = (await database()).transaction(STORE, 'readwrite')
    transaction.objectStore(STORE).delete(IDBKeyRange.bound(prefix, prefix + '\uffff'))
    await end(transaction)
  },
}

let opened: Promise<IDBDatabase> | undefined

/** A failure is not remembered: it may have been another page that held the database up. */
function database(): Promise<IDBDatabase> {
  opened ??= open().catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}

async function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE).createIndex(WEIGHT, 'weight')
  const found = await answer(opening)
  // A page that clears its storage, or a browser that is short of room, closes it.
  found.onversionchange = () => found.close()
  found.onclose = () => (opened = undefined)
  return found
}

const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'))
  })

const end = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error('no room'))
  })
