/** A launcher and the space above it. */
const STEP_PX = 70

interface Chat extends HTMLElement {
  readonly mode: 'launcher' | 'inline'
}

const chats: Chat[] = []

/** The launchers of several chats on one page stand above each other, in the order of their arrival. Returns a function that leaves. */
export function stackLauncher(chat: Chat): () => void {
  chats.push(chat)
  placeLaunchers()
  return () => {
    chats.splice(chats.indexOf(chat), 1)
    placeLaunchers()
  }
}

/** Again after a change of `mode`: an inline chat has no launcher. */
export function placeLaunchers(): void {
  let offset = 0
  for (const { mode, style } of chats) {
    if (mode === 'inline' || offset === 0) style.removeProperty('--im-launcher-offset')
    else style.setProperty('--im-launcher-offset', `${offset}px`)
    if (mode !== 'inline') offset += STEP_PX
  }
}
