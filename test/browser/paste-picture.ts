import type { Page } from 'playwright-core'

export interface Drawn {
  readonly width: number
  readonly height: number
  readonly type?: string
  readonly isNoisy?: boolean
}

/** A picture that the browser draws, pasted as a person's clipboard holds it, into the field. `text`: words lie beside it. */
export const pastePicture = (page: Page, drawn: Drawn, text?: string): Promise<boolean> =>
  page.evaluate(
    async ([shape, words]) => {
      const { width, height, type, isNoisy } = shape
      const canvas = new OffscreenCanvas(width, height)
      const context = canvas.getContext('2d')!
      const shades = context.createLinearGradient(0, 0, width, height)
      shades.addColorStop(0, '#0c7560')
      shades.addColorStop(1, '#f0b429')
      context.fillStyle = shades
      context.fillRect(0, 0, width, height)
      for (let at = 0; isNoisy && at < 40_000; at++) {
        context.fillStyle = `hsl(${(at * 7919) % 360} 80% 50%)`
        context.fillRect((at * 104_729) % width, (at * 1_299_709) % height, 3, 3)
      }
      const blob = await canvas.convertToBlob({ type: type ?? 'image/png' })
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([blob], 'picture', { type: blob.type }))
      if (words !== undefined) clipboardData.setData('text/plain', words)
      const field = document.querySelector('im-chat')!.shadowRoot!.querySelector('textarea')!
      return field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true }))
    },
    [drawn, text] as const,
  )
