import { html, nothing, type TemplateResult } from 'lit'
import type { Strings } from '../locales/strings.ts'
import { icons } from '../ui/icons.ts'
import { isolated } from '../ui/isolated.ts'
import type { BarState } from './person-blocks.ts'

export interface PersonBarView {
  readonly to: string
  readonly name: string
  readonly strings: Strings
  readonly blocks: {
    of(to: string): BarState | undefined
    show(to: string, state: BarState | undefined): void
    set(to: string, isBlocked: boolean): Promise<void>
  }
}

const isPerson = (to: string): boolean => to !== '' && !to.startsWith('shop:')

const act = (name: string, label: string, onClick: () => void): TemplateResult =>
  html`<button type="button" data-test=${name} @click=${onClick}>${label}</button>`

/** The block button in the header of a conversation with a person. */
export function personTool({ blocks, strings, to }: PersonBarView): TemplateResult | typeof nothing {
  if (!isPerson(to) || blocks.of(to) === 'blocked') return nothing
  return html`<button class="plain" type="button" data-test="block-person" title=${strings.person.block} aria-label=${strings.person.block}
    @click=${() => blocks.show(to, 'ask')}>${icons.block}</button>`
}

/** The bar below the header: the question, the confirmation, and undo. */
export function personBar({ blocks, name, strings, to }: PersonBarView): TemplateResult | typeof nothing {
  const state = isPerson(to) ? blocks.of(to) : undefined
  if (state === undefined) return nothing
  const { person, dismiss } = strings
  const close = (label: string): TemplateResult => act('person-close', label, () => blocks.show(to, undefined))
  const acts = {
    ask: () => html`${act('person-yes', person.block, () => void blocks.set(to, true))}${close(person.cancel)}`,
    blocked: () => act('person-unblock', person.unblock, () => void blocks.set(to, false)),
    unblocked: () => html`${act('person-undo', person.undo, () => void blocks.set(to, true))}${close(dismiss)}`,
    failed: () => close(dismiss),
  }
  return html`<div class="person-bar" part="person-bar" data-test="person-bar" data-saying=${state} role="status">
    <span dir="auto">${isolated(person[state], { name })}</span>${acts[state]()}
  </div>`
}
