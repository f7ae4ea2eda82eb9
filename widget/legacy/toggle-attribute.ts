/** Chromium before 69 has none; the one thing that the phone's script lacks there. Runs before everything else of each bundle. */
{
  const own: { toggleAttribute?(name: string, force?: boolean): boolean } = Element.prototype
  if (!own.toggleAttribute) {
    own.toggleAttribute = function (this: Element, name: string, force?: boolean): boolean {
      const isOn = force ?? !this.hasAttribute(name)
      if (isOn) this.setAttribute(name, '')
      else this.removeAttribute(name)
      return isOn
    }
  }
}
