import { existsSync, readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import Sqlite from 'better-sqlite3'
import { VERSION } from '../../protocol/version.ts'
import type { Bench } from './bench.ts'
import { cleanEnv, processors, run } from './processes.ts'
import { median } from './statistics.ts'

const GIB = 1024 ** 3

/** What the figures depend on, for the head of the report. */
export function describeMachine(bench: Bench): Record<string, string> {
  const db = new Sqlite(':memory:')
  const sqlite = db.prepare('SELECT sqlite_version()').pluck().get()
  db.close()
  return {
    Machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / GIB)} GiB, ${systemName()}`,
    Versions: `smd ${VERSION}, Node ${process.versions.node}, SQLite ${sqlite}`,
    'Starting a process that does nothing': `${emptyProcess(bench)}; part of every process figure, floors included`,
    'Processes on chosen processors': processors ? 'yes (`taskset`)' : 'no',
  }
}

function systemName(): string {
  const file = '/etc/os-release'
  const name = existsSync(file) ? /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync(file, 'utf8'))?.[1] : null
  return [name, `${type()} ${release()}`].filter(Boolean).join(', ')
}

function emptyProcess({ temp }: Bench): string {
  if (!existsSync('/bin/true')) return 'not measured'
  const program = { argv: ['/bin/true'], env: cleanEnv(temp, temp), cwd: temp }
  const times = Array.from({ length: 50 }, () => run(program).ms)
  return `${median(times).toFixed(2)} ms`
}
