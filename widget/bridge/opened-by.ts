/** What a click on this node would open: an address, or a picture in its full size. Nothing but http and https leaves the page. */
export function openedBy(node: EventTarget | null): { readonly type: 'link' | 'image'; readonly url: string } | undefined {
  const anchor = node instanceof Element ? node.closest<HTMLAnchorElement>('a[href]') : null
  if (!anchor || !/^https?:$/.test(anchor.protocol)) return undefined
  return { type: anchor.classList.contains('picture') ? 'image' : 'link', url: anchor.href }
}
