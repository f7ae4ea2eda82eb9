/**
 * A pass for a demo person. The gateway hands them out to whoever came by a printed link, while no IM_SECRET is set; everywhere else
 * your backend signs them. Throws a sentence that can be shown.
 */
export async function demoPass(claims) {
  const response = await fetch('/v1/passes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(claims),
  }).catch(() => undefined)
  if (response === undefined) throw new Error('The gateway does not answer. Start it with npm start, then load this page again.')
  if (response.ok) return (await response.json()).token
  throw new Error(
    'Demo passes are for whoever opens a link that npm start has printed (it ends in ?word=…), while IM_SECRET is not set. ' +
      'Open that link once in this browser, then load this page again, or add ?token=… with a pass that your backend signed.',
  )
}

/** `?name=` of this page, or what is usual. */
export const asked = (name, usual) => new URLSearchParams(location.search).get(name) ?? usual

/** Shows `sentence` in the page's notice instead of `element`. */
export function tell(element, title, sentence) {
  element.closest('main').hidden = true
  const notice = document.getElementById('notice')
  notice.querySelector('h1').textContent = title
  notice.querySelector('p').textContent = sentence
  notice.hidden = false
}
