/** A gateway that takes the connection and says nothing. */
const SILENT_MS = 10_000

export interface ScriptOptions {
  readonly isModule: boolean
  readonly nonce: string | undefined
  /** It has not come for a long time, and may still. */
  readonly onSilent: () => void
  /** Whether the script has done what it is for. */
  readonly isThere: () => boolean
}

/** Fetches and runs a script. A failed one leaves no tag behind. */
export function addScript(address: string, { isModule, nonce, onSilent, isThere }: ScriptOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const tag = document.createElement('script')
    if (isModule) tag.type = 'module'
    tag.src = address
    if (nonce) tag.nonce = nonce
    const timer = setTimeout(onSilent, SILENT_MS)
    const fail = (): void => {
      clearTimeout(timer)
      document.head.removeChild(tag)
      reject(new Error('im-chat: ' + tag.src + ' could not be loaded'))
    }
    tag.onload = () => {
      if (!isThere()) return fail()
      clearTimeout(timer)
      resolve()
    }
    tag.onerror = fail
    document.head.appendChild(tag)
  })
}
