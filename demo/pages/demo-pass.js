/**
 * Fetches a pass for a person of the demo. The gateway gives passes to browsers that have opened a printed link, while IM_SECRET is not set.
 * Everywhere else your backend signs them. Throws an error whose message can be shown.
 */
export async function demoPass(claims) {
  const response = await fetch('/v1/passes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(claims),
  }).catch(() => undefined)
  if (response === undefined) throw new Error('The gateway does not answer. Start it with npm start, then reload this page.')
  if (response.ok) return (await response.json()).token
  throw new Error(
    'This browser may not have a demo pass yet. Open a link that npm start prints (it ends in ?word=…), then reload this page. ' +
      'If IM_SECRET is set, add ?token=… with a pass that your backend has signed.',
  )
}

/** The parameter `name` of this page's address, else `fallback`. */
export const parameter = (name, fallback) => new URLSearchParams(location.search).get(name) ?? fallback

/** Shows `sentence` in the page's notice, in place of `element`. */
export function showNotice(element, title, sentence) {
  element.closest('main').hidden = true
  const notice = document.getElementById('notice')
  notice.querySelector('h1').textContent = title
  notice.querySelector('p').textContent = sentence
  notice.hidden = false
}
