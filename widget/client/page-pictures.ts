import type { PictureStore } from './picture-store.ts'

const script = (): Promise<PictureStore> => import('./indexed-pictures.ts').then(({ indexedPictures }) => indexedPictures)

/** The browser's own store; its script is fetched with the first picture that needs it. */
export const pagePictures: PictureStore = {
  put: (key, url, context) => script().then((store) => store.put(key, url, context)),
  get: (key) => script().then((store) => store.get(key)),
  remove: (prefix) => script().then((store) => store.remove(prefix)),
}
