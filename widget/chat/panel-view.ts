import { html, nothing, type TemplateResult } from 'lit'
import type { Strings } from '../locales/strings.ts'
import type { ConnectionState } from '../client/types.ts'
import { banner, type BannerOptions } from '../ui/banner.ts'
import { composer, type ComposerOptions } from './composer/composer-view.ts'
import { icons } from '../ui/icons.ts'
import { timeline, type TimelineOptions } from './timeline/timeline-view.ts'

export interface PanelView extends TimelineOptions, BannerOptions, ComposerOptions {
  readonly strings: Strings
  readonly title: string
  readonly logo: string | undefined
  readonly connection: ConnectionState
  /** The panel covers the page like a dialog; otherwise it floats over it or is part of it. */
  readonly isModal: boolean
  readonly isInline: boolean
  /** Of the other side, once it is final; trouble of our own connection is said in its place. */
  readonly presence: { readonly state: string; readonly word: string } | undefined
  /** The page's product, under the head. */
  readonly offer: TemplateResult | undefined
  /** Buttons in the header, bars below it. */
  readonly extras: { readonly tools: TemplateResult; readonly below: TemplateResult }
  readonly onClose: () => void
}

export function panelView(options: PanelView): TemplateResult {
  const { title, isModal, isInline } = options
  return html`<section class="panel" part="panel" data-test="panel" role=${isInline ? 'region' : 'dialog'} aria-modal=${isInline ? nothing : isModal}
    aria-label=${title} tabindex="-1">
    ${header(options)}${options.extras.below}${options.offer ?? nothing}
    <div class="stage">${timeline(options)}${banner(options)}</div>
    ${composer(options)}
  </section>`
}

function header({ strings, title, logo, connection, presence, typing, extras, isInline, onClose }: PanelView): TemplateResult {
  const { name } = connection
  const isTrouble = name === 'waiting' || name === 'refused'
  return html`<header class="header" part="header">
    <span class="avatar" part="avatar" aria-hidden="true">${title === strings.chat ? icons.chat : initial(title)}${
      logo ? html`<img src=${logo} alt="" width="40" height="40" referrerpolicy="no-referrer" @error=${show} @load=${show}>` : nothing
    }</span>
    <span class="who"><span class="title" dir="auto">${title}</span><span class="status" dir="auto"
      data-state=${(!isTrouble && presence?.state) || name}>${isTrouble ? strings.connection[name] : typing ? strings.typing : presence?.word}</span></span>
    ${extras.tools}${
      isInline
        ? nothing
        : html`<button type="button" class="plain" part="close" data-test="close" aria-label=${strings.close}
      @click=${onClose}>${icons.close}</button>`
    }
  </header>`
}

/** A logo that cannot be loaded leaves the letter below it. */
const show = ({ target, type }: Event): void => void ((target as HTMLElement).hidden = type === 'error')

/** By code point, so that a surrogate pair is not cut in half. */
const initial = (title: string): string => (Array.from(title.trim())[0] || '').toUpperCase()
