/** Puts words on the clipboard. Where a page may not ask for the clipboard (no HTTPS, an old engine), a field of our own is copied. False: it failed. */
export async function copyText(text: string, near: Node): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // below
  }
  const field = document.createElement('textarea')
  const place = near.getRootNode() as ShadowRoot | Document
  const focused = place.activeElement as HTMLElement | null
  field.value = text
  field.className = 'sr'
  near.parentNode!.insertBefore(field, near)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  focused?.focus({ preventScroll: true })
  return isCopied
}
