import type { Strings } from '../locales/strings.ts'
import { PanelHistory } from './panel-history.ts'

/** The pictures on the whole screen are another person's from now on. */
export const closePicture = (root: ParentNode): void => root.querySelector<HTMLDialogElement>('dialog.viewer')?.close()

/**
 * A press on a picture opens the viewer, whose script most visits never need. Where there is none, the link is what it always was: a press with a
 * key for a new window or tab, a browser without dialogs or style sheets of scripts, a network that is gone.
 */
export function openPicture(event: MouseEvent, strings: Strings): void {
  const link = event.currentTarget as HTMLAnchorElement
  // an app around the page may show it itself
  const isPlain = !event.defaultPrevented && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
  if (!isPlain || !('HTMLDialogElement' in globalThis) || !('adoptedStyleSheets' in Document.prototype)) return
  event.preventDefault()
  import('./picture-viewer/picture-viewer.ts').then(
    ({ showPicture }) => showPicture(link, { strings, historyOf: (onBack) => new PanelHistory(onBack) }),
    () => open(link.href, '_blank', 'noopener,noreferrer'),
  )
}
