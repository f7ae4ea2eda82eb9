import type { Body } from '../../../gateway/protocol/model.ts'
import { shrink } from './shrink.ts'

export interface PictureOptions {
  /** The text that stands for a picture where none can be shown. */
  readonly label: string
  /**
   * Called when a picture is chosen, because encoding takes a while: fixes the conversation and the sender. The result sends the encoded picture.
   */
  readonly begin: () => (body: Body) => void
  readonly discard: (id: string) => void
  /** The largest picture that the gateway takes. */
  readonly mostBytes: () => number
}

/** At a time; a whole folder is dropped by mistake. `strings.refusals.pictureMany` says the number. */
const PICTURE_COUNT = 10

/** Everything that can be pressed is 44 px. */
const RULES = `
  .picture { position: relative }
  .picture progress { position: absolute; left: 8px; bottom: 8px; width: calc(100% - 16px); height: 6px; accent-color: var(--accent) }
  .picture .cancel { position: absolute; top: 4px; right: 4px; width: 44px; height: 44px }
  .picture .cancel { border-radius: 22px; color: #fff; background: rgba(0,0,0,.55) }
  [data-state='failed'] .cancel, [data-state='failed'] progress { display: none }
  .panel[data-drop], .pane[data-drop] { box-shadow: inset 0 0 0 3px var(--accent) }`

const mounted = new WeakMap<HTMLFormElement, PictureOptions>()

/**
 * Makes a composer accept pictures: pasted, dropped on the conversation, or picked. A file that is none becomes a message that failed and says so, and so do those beyond the tenth. A paste of pictures and text together is text, because a
 * spreadsheet adds a picture of the copied cells. May be called at every render; the first call adds the input that tray.ts opens.
 *
 * Once encoded, a picture is a message like any other: it waits in the outbox, survives a reload where storage allows, and is uploaded in its turn
 * (client/upload.ts).
 */
export function takePictures(form: HTMLFormElement, options: PictureOptions): void {
  const isNew = !mounted.has(form)
  mounted.set(form, options)
  if (isNew) mount(form)
}

function mount(form: HTMLFormElement): void {
  const panel = form.closest<HTMLElement>('section') ?? form
  addRules(form.getRootNode())
  const input = picker()
  form.append(input)
  input.addEventListener('change', () => {
    void send(form, [...(input.files ?? [])])
    input.value = ''
  })
  form.addEventListener('paste', (event) => {
    const { clipboardData } = event
    const pictures = picturesOf(clipboardData?.files)
    if (pictures.length === 0 || clipboardData!.types.includes('text/plain')) return
    event.preventDefault()
    void send(form, pictures)
  })
  listenForDrops(panel, (files) => void send(form, files))
  panel.addEventListener('click', ({ target }) => {
    const message = (target as Element).closest('.cancel')?.closest<HTMLElement>('[data-id]')
    if (message) mounted.get(form)!.discard(message.dataset.id!)
  })
}

async function send(form: HTMLFormElement, files: readonly File[]): Promise<void> {
  const { begin, label, mostBytes } = mounted.get(form)!
  const sendPicture = begin()
  const refused = (problem: unknown): object => ({ url: 'data:', problem: String(problem) })
  for (const file of files.slice(0, PICTURE_COUNT)) {
    const picture = await shrink(file, mostBytes()).catch((problem: unknown) => ({ ...refused(problem), name: file.name }))
    sendPicture({ text: label, ...picture })
  }
  if (files.length > PICTURE_COUNT) sendPicture({ text: label, ...refused('image_many') })
}

function listenForDrops(panel: HTMLElement, onFiles: (files: readonly File[]) => void): void {
  const has = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true
  panel.addEventListener('dragover', (event) => {
    if (!has(event)) return
    event.preventDefault()
    panel.toggleAttribute('data-drop', true)
  })
  panel.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!panel.contains(relatedTarget as Node | null)) panel.removeAttribute('data-drop')
  })
  panel.addEventListener('drop', (event) => {
    panel.removeAttribute('data-drop')
    if (!has(event)) return
    // for other files too, or the browser would open the file in place of the page
    event.preventDefault()
    onFiles([...event.dataTransfer!.files])
  })
}

/** Of a paste. A file without a type may be a picture; its bytes will tell. */
const picturesOf = (files: FileList | undefined): readonly File[] =>
  [...(files ?? [])].filter(({ type }) => type === '' || type === 'application/octet-stream' || type.startsWith('image/'))

function picker(): HTMLInputElement {
  const input = document.createElement('input')
  Object.assign(input, { type: 'file', accept: 'image/*', multiple: true, hidden: true, tabIndex: -1 })
  input.dataset.test = 'file'
  return input
}

/** Without constructable style sheets the pictures work unstyled. */
function addRules(root: Node): void {
  if (!('adoptedStyleSheets' in root) || !('replaceSync' in CSSStyleSheet.prototype)) return
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(RULES)
  ;(root as ShadowRoot).adoptedStyleSheets = [...(root as ShadowRoot).adoptedStyleSheets, sheet]
}
