/**
 * Buttons that copy: `<button data-copies="id">` copies the text of the element with that id, and says so. Where the browser gives no clipboard, as on a
 * page without https, the text is selected, so that the keys or the menu copy it. A page of the docs gets a button for each block of code.
 */
const SAYS_MS = 2000

document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest('button[data-copies]') : null
  if (button !== null) void copy(button, document.getElementById(button.dataset.copies))
})

async function copy(button, source) {
  const words = (button.dataset.words ??= button.textContent)
  button.textContent = await copied(source)
  setTimeout(() => (button.textContent = words), SAYS_MS)
}

async function copied(source) {
  try {
    await navigator.clipboard.writeText(source.textContent)
    return 'Copied'
  } catch {
    getSelection().selectAllChildren(source)
    return 'Selected: copy it'
  }
}

for (const [at, code] of document.querySelectorAll('.docs pre > code').entries()) {
  code.id ||= `code-${at}`
  const button = document.createElement('button')
  Object.assign(button, { type: 'button', className: 'copy', textContent: 'Copy' })
  button.dataset.copies = code.id
  const frame = document.createElement('div')
  frame.className = 'code'
  code.parentElement.replaceWith(frame)
  frame.append(code.parentElement, button)
}
