/**
 * Engines without constructable style sheets (Chromium before 73, Safari before 16.4) get their rules in `<style>`, which a strict
 * Content-Security-Policy drops unless the page gives Lit a nonce (`window.litNonce`). Where that happened, the same rules
 * come as a file: `style-src` with the gateway's address is all that a page has to allow. Unseen until it is there.
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
