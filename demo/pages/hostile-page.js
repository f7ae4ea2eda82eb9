/** What careless pages do to their guests. A classic script in the head: it is here before the widget. */
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

// Every key is a shortcut unless it is typed into what looks, from out here, like a field.
for (const type of ['keydown', 'keypress', 'keyup']) {
  document.addEventListener(type, (event) => {
    if (event.target.matches('input, textarea, select')) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (type === 'keydown') note('fired', event.key)
  })
}
// Copying, pasting, menus and touches are the page's as well.
for (const type of ['copy', 'paste', 'contextmenu', 'selectstart', 'dragstart', 'submit']) {
  document.addEventListener(type, (event) => event.preventDefault())
}
document.addEventListener('securitypolicyviolation', (event) => note('violations', event.violatedDirective))
