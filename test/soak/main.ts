/** `npm run soak`: see options.ts. Exit status 1 when a rule of verdict.ts is broken. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadTable, measureLoad } from './load.ts'
import { readOptions, usage } from './options.ts'
import { runSoak } from './soak.ts'
import { faultsOf, tableOf } from './verdict.ts'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    process.stdout.write(usage)
    return 0
  }
  if (process.platform !== 'linux') throw new Error('the figures come from /proc: run it on Linux')
  const daemon = join(import.meta.dirname, '../../dist/daemon.cjs')
  if (!existsSync(daemon)) throw new Error('there is no build; make one with: npm run build')
  const options = { ...readOptions(process.argv.slice(2)), daemon }
  const temp = mkdtempSync(join(tmpdir(), 'smds-'))
  process.once('exit', () => rmSync(temp, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const write = (figures: unknown): void => {
    if (options.out !== null) writeFileSync(options.out, `${JSON.stringify(figures, null, 2)}\n`)
  }
  if (options.load) {
    const load = await measureLoad(options, temp, say)
    write(load)
    process.stdout.write(loadTable(load))
    return 0
  }
  const soak = await runSoak(options, temp, say)
  const faults = faultsOf(soak)
  write({ ...soak, faults })
  process.stdout.write(tableOf(soak))
  for (const fault of faults) process.stdout.write(`FAULT ${fault}\n`)
  if (faults.length === 0) process.stdout.write('No fault found.\n')
  return faults.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  say((error as Error).message)
  process.exitCode = 2
}
