import type { CommandAnswer } from '../../../gateway/protocol/commands.ts'
import type { ReportFigures } from '../../../gateway/protocol/model.ts'
import { averageOf, ratingCount } from './rating-average.ts'

const HEAD =
  'scope,name,conversations,closed,missed,first answer p50 s,first answer p90 s,wait p50 s,wait p90 s,ratings,average,rated 1,rated 2,rated 3,rated 4,rated 5'

/** One table: the total, each day, each agent. A spreadsheet that takes it shows every name as its letters. */
export function reportCsv({ total, days, agents }: CommandAnswer<'report'>): string {
  const rows = [
    row('total', '', total),
    ...days.map((each) => row('day', each.day, each)),
    ...agents.map((each) => row('agent', each.name === undefined ? each.id : `${each.name} (${each.id})`, each)),
  ]
  // the mark at the start tells Excel that this is UTF-8
  return `\ufeff${[HEAD, ...rows].join('\r\n')}\r\n`
}

function row(scope: string, name: string, { conversations, closed, missed, answer, wait, ratings }: ReportFigures): string {
  const seconds = (ms: number | undefined): string => (ms === undefined ? '' : String(Math.round(ms / 1000)))
  const spans = [answer?.p50, answer?.p90, wait?.p50, wait?.p90].map(seconds)
  return [scope, cell(name), conversations, closed, missed, ...spans, ratingCount(ratings), averageOf(ratings)?.toFixed(2) ?? '', ...ratings].join(
    ',',
  )
}

/** A cell that begins with one of these signs is a formula to a spreadsheet, and an agent's name is anybody's text. */
const cell = (text: string): string => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`
