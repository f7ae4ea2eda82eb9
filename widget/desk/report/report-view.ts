import { html, nothing, type TemplateResult } from 'lit'
import type { CommandAnswer } from '../../../gateway/protocol/commands.ts'
import type { ReportFigures } from '../../../gateway/protocol/model.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { fill } from '../../locales/fill.ts'
import { timeSpan } from '../../locales/time-span.ts'
import { isolated } from '../../ui/isolated.ts'
import { deskIcons } from '../../ui/page-icons.ts'
import { tool } from '../../ui/tool.ts'
import { averageOf, ratingCount } from './rating-average.ts'

const RANGES = [1, 7, 30] as const
export type ReportDays = (typeof RANGES)[number]

export interface ReportView {
  readonly words: DeskStrings['report']
  readonly lang: string
  readonly tryAgain: string
  readonly days: ReportDays
  /** Undefined until it is there. */
  readonly answer: CommandAnswer<'report'> | undefined
  readonly hasFailed: boolean
  readonly onDays: (days: ReportDays) => void
  readonly onRetry: () => void
  readonly onCsv: () => void
  readonly onClose: () => void
}

export function reportView(view: ReportView): TemplateResult {
  const { words, days, answer, onDays, onCsv, onClose } = view
  return html`<header class="bar report-bar">
      ${tool({ name: 'close-report', label: words.back, icon: deskIcons.back, onClick: onClose })}
      <h1>${words.title}</h1>
      <span class="report-ranges" role="group" aria-label=${words.range}>${RANGES.map(
        (each) =>
          html`<button type="button" class="act ${each === days ? 'main' : ''}" data-test="report-days" data-days=${each} aria-pressed=${each === days}
            @click=${() => onDays(each)}>${each === 1 ? words.today : fill(words.days, { n: each })}</button>`,
      )}</span>
      <button type="button" class="act" data-test="report-csv" ?disabled=${!answer} @click=${onCsv}>${words.csv}</button>
    </header>
    <div class="report-body" tabindex="0" aria-busy=${answer || view.hasFailed ? nothing : 'true'}>${body(view)}</div>`
}

function body({ answer, days, hasFailed, lang, onRetry, tryAgain, words }: ReportView): TemplateResult {
  if (hasFailed) {
    return html`<div class="trouble" role="alert"><span>${words.failed}</span>
      <button type="button" class="act" data-test="report-retry" @click=${onRetry}>${tryAgain}</button></div>`
  }
  if (!answer) return html`<p class="hint" role="status">${words.loading}</p>`
  const { total, agents, timeZone: zone } = answer
  return html`${tiles(total, { words, lang })}
    ${total.conversations + total.closed === 0 ? html`<p class="hint" data-test="report-empty">${words.none}</p>` : nothing}
    ${
      days === 1
        ? nothing
        : table({ caption: words.byDay, first: words.day, words, lang, rows: answer.days.map((each) => [dayName(each.day, lang), each]) })
    }
    ${agents.length === 0 ? nothing : table({ caption: words.byAgent, first: words.agent, words, lang, rows: agents.map((each) => [each.name ?? each.id, each]) })}
    <p class="hint">${isolated(words.timeZone, { zone })}</p>`
}

interface Speaking {
  readonly words: DeskStrings['report']
  readonly lang: string
}

function tiles(total: ReportFigures, { words, lang }: Speaking): TemplateResult {
  const { answer, wait, ratings } = total
  const most = (span: ReportFigures['answer']): string => (span ? fill(words.most, { duration: spanOf(span.p90, lang) }) : '')
  const average = averageOf(ratings)
  return html`<dl class="report-tiles">
    ${tile('conversations', words.conversations, number(total.conversations, lang))}
    ${tile('missed', words.missed, number(total.missed, lang))}
    ${tile('answer', words.answer, answer ? spanOf(answer.p50, lang) : '–', most(answer))}
    ${tile('wait', words.wait, wait ? spanOf(wait.p50, lang) : '–', most(wait))}
    ${tile('rating', words.rating, average === undefined ? '–' : number(average, lang, 1), fill(words.ratings, { n: ratingCount(ratings) }))}
  </dl>`
}

const tile = (name: string, label: string, value: string, more = ''): TemplateResult =>
  html`<div data-test=${`report-${name}`}><dt>${label}</dt><dd><b>${value}</b>${more ? html`<span>${more}</span>` : nothing}</dd></div>`

interface TableOptions extends Speaking {
  readonly caption: string
  readonly first: string
  readonly rows: readonly (readonly [name: string, figures: ReportFigures])[]
}

function table({ caption, first, rows, words, lang }: TableOptions): TemplateResult {
  const heads = [first, words.conversations, words.closed, words.missed, words.answer, words.rating]
  const cells = ({ conversations, closed, missed, answer, ratings }: ReportFigures): string[] => {
    const average = averageOf(ratings)
    const counts = [conversations, closed, missed].map((each) => number(each, lang))
    return [...counts, answer ? spanOf(answer.p50, lang) : '–', average === undefined ? '–' : `${number(average, lang, 1)} (${ratingCount(ratings)})`]
  }
  return html`<table><caption>${caption}</caption>
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rows.map(
      ([name, figures]) => html`<tr><th scope="row" dir="auto">${name}</th>${cells(figures).map((each) => html`<td>${each}</td>`)}</tr>`,
    )}</tbody></table>`
}

/** In seconds below a minute, else in one unit. */
const spanOf = (ms: number, lang: string): string =>
  timeSpan(ms, lang) ?? new Intl.NumberFormat(lang || undefined, { style: 'unit', unit: 'second', unitDisplay: 'long' }).format(Math.round(ms / 1000))

const number = (value: number, lang: string, digits = 0): string =>
  new Intl.NumberFormat(lang || undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)

const dayName = (day: string, lang: string): string =>
  new Intl.DateTimeFormat(lang || undefined, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(day))
