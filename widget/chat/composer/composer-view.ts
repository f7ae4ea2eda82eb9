import { html, nothing, type TemplateResult } from 'lit'
import { DRAFT_LENGTH, TEXT_LENGTH } from '../../client/limits.ts'
import { fill } from '../../locales/fill.ts'
import type { Strings } from '../../locales/strings.ts'
import { icons } from '../../ui/icons.ts'

export interface ComposerOptions {
  readonly strings: Strings
  readonly hasText: boolean
  /** Characters left before the limit, negative above it; undefined while there are plenty. */
  readonly left: number | undefined
  /** Only the beginning of what was inserted is there. */
  readonly isCut: boolean
  readonly enter: 'send' | 'newline'
  /** Why nothing can be sent to the other side; the text that was begun stays. */
  readonly blocked?: string | undefined
  /** The tooltip of the emoji, where it says more than the label. */
  readonly emojiHint?: string | undefined
}

/** Engines leave out a whole character at `maxlength`, and an emoji of a family is many units long: the field gets full all the same. */
const WHOLE_CHARACTER = 64

/**
 * A form with one text area and one submit button. No render writes the text area's value: it belongs to the person. The button is never `disabled`,
 * or the keyboard's own Send would do nothing. composer.ts adds the listeners. What the buttons open is rendered into `.tray` (tray.ts).
 */
export function composer({ strings, hasText, left, isCut, enter, blocked, emojiHint = strings.emoji }: ComposerOptions): TemplateResult {
  const isOver = left !== undefined && left < 0
  const counted = isCut
    ? fill(strings.cut, { n: TEXT_LENGTH })
    : left === undefined
      ? nothing
      : fill(isOver ? strings.over : strings.left, { n: Math.abs(left) })
  return html`<form class="composer ${hasText ? 'written' : ''}" part="composer" data-test="form" action="#" ?data-blocked=${blocked !== undefined}>
    <p class="blocked" part="blocked" data-test="blocked" role="status" dir="auto" ?hidden=${blocked === undefined}>${blocked}</p>
    <div class="tray"></div>
    <button type="button" class="plain more" part="more" data-test="more" aria-label=${strings.more} title=${strings.more}
      aria-haspopup="true">${icons.more}</button>
    <div class="field" part="field">
      <textarea rows="1" part="input" data-test="composer" ?readonly=${blocked !== undefined} aria-label=${strings.write} aria-describedby="count" placeholder=${strings.placeholder}
        aria-invalid=${isOver} enterkeyhint=${enter === 'send' ? 'send' : 'enter'}
        autocomplete="off" dir="auto" maxlength=${DRAFT_LENGTH + WHOLE_CHARACTER}></textarea>
      <div class="mirror" aria-hidden="true"></div>
      <button type="button" class="plain emoji" part="emoji" data-test="emoji" aria-label=${strings.emoji} title=${emojiHint}
        aria-haspopup="true">${icons.emoji}</button>
    </div>
    <button type="submit" class="send" part="send" data-test="send" aria-label=${strings.send} aria-disabled=${!hasText || isOver || blocked !== undefined}
      title="${strings.send} (${enter === 'send' ? strings.enterSends : strings.enterBreaks})">
      ${icons.send}
    </button>
    <div id="count" class="note ${isOver || isCut ? 'over' : ''}" data-test="limit" aria-live="polite">${counted}</div>
  </form>`
}
