/** What careless pages do to widgets. It is a classic script in the head, so it runs before the widget. */
Object.defineProperty(Array.prototype, 'last', {
  value: function () {
    return this[this.length - 1]
  },
  enumerable: true,
})

const noted = { fired: [], violations: [] }
function note(id, what) {
  noted[id].push(what)
  document.getElementById(id).textContent = noted[id].join(', ')
}

// Every key is a shortcut, unless it is typed into an element that the page knows as a field.
for (const type of ['keydown', 'keypress', 'keyup']) {
  document.addEventListener(type, (event) => {
    if (event.target.matches('input, textarea, select')) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (type === 'keydown') note('fired', event.key)
  })
}
// The page also prevents copying, pasting, menus and selecting.
for (const type of ['copy', 'paste', 'contextmenu', 'selectstart', 'dragstart', 'submit']) {
  document.addEventListener(type, (event) => event.preventDefault())
}
document.addEventListener('securitypolicyviolation', (event) => note('violations', event.violatedDirective))
