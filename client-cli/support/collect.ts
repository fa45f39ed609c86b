/**
 * What a support bundle holds: facts about smd and this machine, never the content of a project. Every text passes through
 * the patterns that keep secrets out of the log; the home folder is written as `~`.
 */
import { arch, release } from 'node:os'
import type { DatabaseDescription } from '../../daemon/kernel/db/describe.ts'
import { readLog } from '../../daemon/kernel/log/read-log.ts'
import { redactFields, redactLogText } from '../../daemon/kernel/log/redact.ts'
import { readRegistration } from '../../daemon/kernel/service/registration.ts'
import type { Call } from '../../protocol/client.ts'
import { SmdError } from '../../protocol/errors.ts'
import { PROTOCOL_VERSION, VERSION } from '../../protocol/version.ts'
import { examine } from '../doctor/examine.ts'
import type { Machine } from '../doctor/finding.ts'
import { cacheFile } from '../doctor/settings.ts'
import { connectToRunning } from '../session.ts'
import { describeEnvironment, describePaths, describeSettings } from './describe.ts'

/** One file of the bundle. */
export type BundlePart = {
  name: string
  /** What it is, for the list that is shown before anything is written. */
  what: string
  text: string
}

/** Lines of the log, newest ones. */
const LOG_LINES = 10_000

/** All parts, by name. What cannot be found out is told in its place: a bundle is made when something is wrong. */
export async function collectBundle(machine: Machine): Promise<BundlePart[]> {
  const { paths } = machine
  const connection = await connectToRunning(paths).catch(() => null)
  const ask = connection?.call ?? nobody
  try {
    const parts: Array<[name: string, what: string, content: () => unknown]> = [
      ['cache-status.json', 'age, size and counts of the cache', () => ask('cache.status', {})],
      ['config.json', 'settings of smd and where they come from', () => describeSettings(machine)],
      ['database.json', 'migrations and numbers of rows', () => describeCache(machine)],
      ['doctor.json', 'what smd doctor finds', async () => ({ items: await examine(machine) })],
      ['environment.json', 'environment variables smd knows', () => describeEnvironment(machine.env)],
      ['log.ndjson', `the last ${LOG_LINES} lines of the log`, () => logLines(paths.logFile)],
      ['metrics.txt', 'figures of the daemon', async () => (await ask('daemon.metrics', {})).text],
      ['paths.json', 'folders and files of smd, with modes and sizes', () => describePaths(machine)],
      [
        'registration.json',
        'what the daemon wrote about itself',
        () => readRegistration(paths.registrationFile),
      ],
      ['status.json', 'state and warnings of the daemon', () => ask('daemon.status', {})],
      ['versions.json', 'versions of smd, Node and the system', () => versions(machine)],
    ]
    const collected: BundlePart[] = []
    for (const [name, what, content] of parts) {
      collected.push({ name, what, text: await partText(content, machine.home) })
    }
    return collected
  } finally {
    connection?.close()
  }
}

const nobody: Call = () => Promise.reject(new SmdError('daemon.unavailable', { reason: 'nobody answers' }))

async function partText(content: () => unknown, home: string): Promise<string> {
  let found: unknown
  try {
    found = await content()
  } catch (error) {
    found = { notFound: String((error as Error)?.message ?? error) }
  }
  const text = typeof found === 'string' ? found : `${JSON.stringify(redacted(found), null, 2)}\n`
  // A home folder that is `/` or not set would replace half of everything.
  return home.length > 1 ? text.replaceAll(home, '~') : text
}

const redacted = (value: unknown): unknown => redactFields({ value }).value

async function describeCache(machine: Machine): Promise<DatabaseDescription> {
  const { describeDatabase } = await import('../../daemon/kernel/db/describe.ts')
  return describeDatabase(await cacheFile(machine))
}

/** Redacted again: lines of an older smd, and what a dying process printed, may hold anything. */
function logLines(file: string): string {
  const entries = readLog(file, { level: 'debug' }, LOG_LINES)
  return entries
    .map(({ message, fields, ...rest }) =>
      JSON.stringify({ ...rest, message: redactLogText(message), fields: redactFields(fields) }),
    )
    .map((line) => `${line}\n`)
    .join('')
}

function versions({ platform, nodeVersion }: Machine): object {
  const { modules, v8, openssl, sqlite } = process.versions
  return {
    smd: VERSION,
    protocol: PROTOCOL_VERSION,
    node: nodeVersion,
    nodeAbi: modules,
    v8,
    openssl,
    nodeSqlite: sqlite ?? null,
    platform,
    arch: arch(),
    release: release(),
  }
}
