/**
 * A listener for a form's `click` and `submit`. A frame with `sandbox` and without `allow-forms` fires no `submit`; the click on the submit button
 * comes there too, also for Enter in a field. A click that is prevented brings no `submit`, so nothing runs twice.
 */
export const submitting =
  (run: (form: HTMLFormElement) => void) =>
  (event: Event): void => {
    const node = event.target as Element
    if (event.type === 'click' && node.closest('[type=submit]') === null) return
    event.preventDefault()
    const form = node.closest('form')!
    if (form.reportValidity()) run(form)
  }
