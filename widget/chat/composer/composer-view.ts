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
  /** Show what Enter does as text, for a moment after the person changed it. */
  readonly isEnterHintShown: boolean
}

/** Engines leave out a whole character at `maxlength`, and an emoji of a family is many units long: the field gets full all the same. */
const WHOLE_CHARACTER = 64

/**
 * A form with one text area and one submit button. No render writes the text area's value: it belongs to the person. The button is never `disabled`,
 * or the keyboard's own Send would do nothing. composer.ts adds the listeners.
 */
export function composer({ strings, hasText, left, isCut, enter, isEnterHintShown }: ComposerOptions): TemplateResult {
  const isOver = left !== undefined && left < 0
  const enterLabel = enter === 'send' ? strings.enterSends : strings.enterBreaks
  const counted = isCut
    ? fill(strings.cut, { n: TEXT_LENGTH })
    : left === undefined
      ? nothing
      : fill(isOver ? strings.over : strings.left, { n: Math.abs(left) })
  return html`<form class="composer" part="composer" data-test="form" action="#">
    <button type="button" class="enter plain" part="enter" data-test="enter" aria-pressed=${enter === 'send'} aria-label=${strings.enterSends}
      title=${enterLabel}>${icons.enter}</button>
    <div class="field" part="field">
      <textarea rows="1" part="input" data-test="composer" aria-label=${strings.write} aria-describedby="count" placeholder=${strings.placeholder}
        aria-invalid=${isOver} enterkeyhint=${enter === 'send' ? 'send' : 'enter'}
        autocomplete="off" dir="auto" maxlength=${DRAFT_LENGTH + WHOLE_CHARACTER}></textarea>
      <div class="mirror" aria-hidden="true"></div>
    </div>
    <button type="submit" class="send" part="send" data-test="send" aria-label=${strings.send} aria-disabled=${!hasText || isOver}>
      ${icons.send}
    </button>
    <div id="count" class="note ${isOver || isCut ? 'over' : ''}" data-test="limit" aria-live="polite">${isEnterHintShown ? enterLabel : counted}</div>
  </form>`
}
