import { html, nothing, type TemplateResult } from 'lit'
import type { CommandAnswer } from '../../../gateway/protocol/commands.ts'
import type { PersonClient } from '../../client/types.ts'
import { ClientFollower } from '../../ui/client-follower.ts'
import { deskIcons } from '../../ui/page-icons.ts'
import { tool } from '../../ui/tool.ts'
import type { DeskContext } from '../desk-context.ts'
import { reportCsv } from './report-csv.ts'
import { reportView, type ReportDays } from './report-view.ts'

/** While it is shown it is read again after this time. */
const AGAIN_MS = 60_000

export interface ReportOptions {
  readonly isShown: () => boolean
  readonly show: (isShown: boolean) => void
}

/** The shop's figures, in place of the conversations. They are asked for only while they are shown. */
export class Report extends ClientFollower {
  readonly #desk: DeskContext
  readonly #options: ReportOptions
  #days: ReportDays = 7
  #answer: CommandAnswer<'report'> | undefined
  #hasFailed = false
  #wasShown = false
  #againTimer: ReturnType<typeof setTimeout> | undefined

  constructor(desk: DeskContext, options: ReportOptions) {
    super(desk.element)
    this.#desk = desk
    this.#options = options
  }

  get isShown(): boolean {
    return this.#options.isShown()
  }

  /** The desk now belongs to another agent. */
  reset(): void {
    this.forget()
    if (this.isLive) this.ask()
  }

  /** To be called before each render. */
  prepare(client: PersonClient | undefined): void {
    this.use(client)
    if (this.isShown === this.#wasShown) return
    this.#wasShown = this.isShown
    if (this.isLive) this.ask()
  }

  /** Opens it, from the bar above the conversations. */
  button(): TemplateResult {
    return tool({ name: 'show-report', label: this.#desk.words.report.title, icon: deskIcons.report, onClick: () => this.#options.show(true) })
  }

  /** Lies over the columns, whose nodes stay. */
  render(): TemplateResult | typeof nothing {
    if (!this.isShown) return nothing
    const { language } = this.#desk.view
    return html`<main class="report" part="report" data-test="report" data-days=${this.#days}>${reportView({
      words: this.#desk.words.report,
      lang: language.lang,
      tryAgain: language.strings.tryAgain,
      days: this.#days,
      answer: this.#answer,
      hasFailed: this.#hasFailed,
      onDays: this.#choose,
      onRetry: () => this.ask(),
      onCsv: this.#download,
      onClose: () => this.#options.show(false),
    })}</main>`
  }

  protected override follow(): readonly (() => void)[] {
    return [() => clearTimeout(this.#againTimer)]
  }

  protected override forget(): void {
    this.#answer = undefined
    this.#hasFailed = false
  }

  protected override ask(): void {
    const { client } = this
    const days = this.#days
    clearTimeout(this.#againTimer)
    if (!client || !this.isShown) return
    this.#againTimer = setTimeout(() => this.isLive && this.ask(), AGAIN_MS)
    this.#hasFailed = false
    this.update()
    client.request('report', { days }).then(
      (answer) => {
        if (client !== this.client || days !== this.#days) return
        this.#answer = answer
        this.update()
      },
      (error: unknown) => {
        if (client !== this.client || days !== this.#days) return
        this.#hasFailed = this.#answer === undefined
        this.update()
        this.askLater(error)
      },
    )
  }

  readonly #choose = (days: ReportDays): void => {
    if (days === this.#days) return
    this.#days = days
    this.#answer = undefined
    this.ask()
    this.update()
  }

  readonly #download = (): void => {
    if (!this.#answer) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([reportCsv(this.#answer)], { type: 'text/csv;charset=utf-8' }))
    link.download = `report-${this.#answer.days[0]!.day}-${this.#days}d.csv`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), AGAIN_MS)
  }
}
