/**
 * Runs before the chat's own script. The simulator around this frame adds the objects that an app would add; then this script adds the chat
 * as `?mode=inline` (the whole page) or `?mode=launcher`.
 */
if (window.parent.imHostSimulator) window.parent.imHostSimulator.install(window)

document.addEventListener('DOMContentLoaded', () => {
  const isInline = new URLSearchParams(location.search).get('mode') !== 'launcher'
  const chat = document.createElement('im-chat')
  chat.setAttribute('gateway', '/')
  chat.setAttribute('to', 'shop:42')
  if (isInline) {
    chat.setAttribute('mode', 'inline')
    chat.setAttribute('open', '')
  }
  document.querySelector(isInline ? 'main' : 'body').append(chat)
})
