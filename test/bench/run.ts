/** One run: measures groups, keeps their figures beside those of earlier runs, and writes docs/benchmarks.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, createBench } from './bench.ts'
import { type Group, isMet, ratioOf } from './lines.ts'
import { describeMachine } from './machine.ts'
import { notes } from './notes.ts'
import { type GroupName, groupNames, type Options, readOptions, usage } from './options.ts'
import { type Results, renderReport, withUnit } from './report.ts'

type Measures = Partial<Record<GroupName, (bench: Bench) => Promise<Group>>>

const root = join(import.meta.dirname, '../..')
const resultsFile = join(import.meta.dirname, 'results.json')
const reportFile = join(root, 'docs', 'benchmarks.md')

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Does what the command line asks for, with the groups that are to be had here. */
export async function runBench(measures: Measures): Promise<void> {
  if (process.argv.includes('--help')) return void process.stdout.write(usage)
  const here = groupNames.filter((name) => name in measures)
  const options = readOptions(process.argv.slice(2), process.env, here)
  const results = readResults()
  if (!options.report) await measureAll(measures, options, results)
  if (options.quick) return say('A quick run: nothing was written.')
  writeFileSync(resultsFile, `${JSON.stringify(results, rounded, 2)}\n`)
  writeFileSync(reportFile, renderReport(results, groupNames, notes))
}

async function measureAll(measures: Measures, options: Options, results: Results): Promise<void> {
  const { bench, close } = createBench(options, root, say)
  process.once('SIGINT', () => process.exit(130))
  process.once('exit', close)
  results.machine = describeMachine(bench)
  for (const name of options.only) {
    const measure = measures[name]
    if (!measure) continue
    say(`== ${name}`)
    const group = await measure(bench)
    results.groups[name] = group
    print(group)
  }
}

function readResults(): Results {
  try {
    return JSON.parse(readFileSync(resultsFile, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { machine: {}, groups: {} }
  }
}

/** Digits that mean nothing would change the file with every run. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
}

function print({ lines }: Group): void {
  for (const line of lines) {
    const ratio = ratioOf(line)
    const met = isMet(line)
    const text = [
      met === null ? '   ' : met ? 'ok ' : 'NO ',
      line.id.padEnd(28),
      (line.figure === null ? '-' : withUnit(line.figure, line.unit)).padStart(10),
      (line.floor ? `floor ${withUnit(line.floor.figure, line.unit)}` : '').padEnd(18),
      (ratio === null ? '' : `${ratio.toFixed(2)}x`).padEnd(7),
      line.goal.kind === 'none'
        ? ''
        : `goal ${line.goal.max}${line.goal.kind === 'ratio' ? `x${line.goal.plus ? ` + ${line.goal.plus}` : ''}` : ''}`,
      line.remark ? `(${line.remark})` : '',
    ]
    process.stdout.write(`${text.join(' ').trimEnd()}\n`)
  }
}
