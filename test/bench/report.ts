/** docs/benchmarks.md out of the figures and the notes. */
import { type Group, isMet, type Line, limitOf, ratioOf } from './lines.ts'

/** Where the figures come from; no date, so that a run without changes leaves the file as it is. */
export type Machine = { [what: string]: string }

export type Results = { machine: Machine; groups: Partial<Record<string, Group>> }

/** The whole document. `order` are the groups' names; those without figures are left out. */
export function renderReport(
  results: Results,
  order: readonly string[],
  notes: Readonly<Record<string, string>>,
): string {
  const groups = order.flatMap((name) => results.groups[name] ?? [])
  return [
    '---',
    'title: "Benchmarks"',
    'description: "How quick and how small smd is, as ratios to floors measured in the same run."',
    '---',
    '',
    '# Benchmarks',
    '',
    '<!-- Written by `npm run bench`. Notes stand in test/bench/notes.ts. -->',
    '',
    'Every figure is measured on the built product, in turns with the floor it is compared with, in the same run: A B A B …',
    'Figures are medians unless a line says p99. Goals are ratios to a floor wherever a floor exists, because the time of',
    'day changes milliseconds, but hardly ratios. "kB" = 10^3, "MB" = 10^6, "MiB" = 2^20 bytes.',
    '',
    ...Object.entries(results.machine).map(([what, text]) => `- ${what}: ${text}`),
    '',
    ...groups.flatMap(renderGroup),
    '## Missed goals',
    '',
    ...renderMissed(
      groups.flatMap((group) => group.lines),
      notes,
    ),
    '',
  ].join('\n')
}

function renderGroup({ title, about, lines }: Group): string[] {
  return [
    `## ${title}`,
    '',
    about,
    '',
    '| what | goal | figure | floor | ratio | met |',
    '|---|---|---|---|---|---|',
    ...lines.map(renderLine),
    '',
  ]
}

function renderLine(line: Line): string {
  const { what, figure, floor, unit, samples, remark } = line
  const ratio = ratioOf(line)
  const met = isMet(line)
  const cells = [
    remark ? `${what} (${remark})` : what,
    goalText(line),
    figure === null ? '-' : `${withUnit(figure, unit)} (${samples})`,
    floor === null ? '-' : `${withUnit(floor.figure, unit)} ${floor.what}`,
    ratio === null ? '-' : ratio.toFixed(2),
    met === null ? '' : met ? 'yes' : '**no**',
  ]
  return `| ${cells.join(' | ')} |`
}

function goalText({ goal, unit }: Line): string {
  if (goal.kind === 'none') return '-'
  if (goal.kind === 'most') return `<= ${withUnit(goal.max, unit)}`
  return `<= ${goal.max}x${goal.plus ? ` + ${withUnit(goal.plus, unit)}` : ''}`
}

function renderMissed(lines: readonly Line[], notes: Readonly<Record<string, string>>): string[] {
  const missed = lines.filter((line) => isMet(line) === false)
  if (missed.length === 0) return ['None.']
  return missed.map((line) => {
    const limit = limitOf(line)
    const figures =
      line.figure === null || limit === null
        ? (line.remark ?? 'not measured')
        : `${withUnit(line.figure, line.unit)}, the goal is ${withUnit(limit, line.unit)}`
    return `- ${line.what}: ${figures}. ${notes[line.id] ?? 'Not looked into yet.'}`
  })
}

/** Three digits that mean something. */
export function withUnit(figure: number, unit: string): string {
  const size = Math.abs(figure)
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4
  const text = figure.toFixed(digits)
  // 5.00 ms was meant as 5 ms
  const short = Number.isInteger(figure) ? String(figure) : text
  return unit === '' ? short : `${short} ${unit}`
}
