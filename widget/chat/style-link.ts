/**
 * Engines without constructable style sheets (Chromium before 73, Safari before 16.4) get their rules in `<style>`, which a strict
 * Content-Security-Policy blocks unless the page gives Lit a nonce (`window.litNonce`). If it was blocked, the same rules load from a file, for which
 * `style-src` must allow the gateway's address. The element is hidden until the file has loaded.
 */
export function linkBlockedStyles(root: ShadowRoot, address: string): void {
  const style = root.querySelector('style')
  if (!style || style.sheet?.cssRules.length) return
  const host = root.host as HTMLElement
  const link = document.createElement('link')
  const show = (): void => void host.style.removeProperty('visibility')
  link.rel = 'stylesheet'
  link.href = address
  link.onload = link.onerror = show
  host.style.setProperty('visibility', 'hidden')
  root.appendChild(link)
}
