import { type Warnable, warnables } from '../../protocol/health.ts'
import { code, table } from './markdown.ts'

const BEGIN = '<!-- Written by `npm run docs` from protocol/health.ts. -->'
const END = '<!-- End of what is written. -->'

/** The page with its table of warnings as `protocol/health.ts` has it. Errors: when the page has no place for it. */
export function withWarnings(page: string): string {
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`the page has no ${BEGIN} … ${END}`)
  return `${before}${BEGIN}\n\n${warningsTable().join('\n')}\n${END}${after}`
}

function warningsTable(): string[] {
  const rows = Object.entries<Warnable>(warnables).map(([name, warnable]) => [
    code(name),
    warnable.severity,
    warnable.text === '{problems}' ? warnable.title : warnable.text,
    warnable.fix,
    whenShown(warnable),
  ])
  return table(['Code', 'Severity', 'What happened', 'What to do', 'Shown'], rows)
}

function whenShown({ dependsOn, timeToVisibleMs }: Warnable): string {
  const delay = timeToVisibleMs === 0 ? 'at once' : `after ${timeToVisibleMs / 1_000} s`
  return dependsOn.length === 0 ? delay : `${delay}, unless ${dependsOn.map(code).join(' or ')}`
}
