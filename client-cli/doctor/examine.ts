import { statfsSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { homeFolder, type Paths } from '../../daemon/kernel/config/paths.ts'
import { networkFileSystem } from '../../daemon/kernel/fs/network-fs.ts'
import { checkCache } from './cache.ts'
import { checkClock } from './clock.ts'
import { type DaemonReport, examineDaemon } from './daemon.ts'
import { type Finding, fault, type Machine } from './finding.ts'
import { checkFolders } from './folders.ts'
import { checkInotify } from './inotify.ts'
import { checkNode } from './node.ts'
import { checkService } from './service.ts'
import { checkSettings } from './settings.ts'
import { checkStorage } from './storage.ts'

/** The machine this process runs on. */
export function thisMachine(paths: Paths, env: NodeJS.ProcessEnv): Machine {
  return {
    paths,
    env,
    home: homeFolder(env, process.platform, homedir()),
    platform: process.platform,
    uid: process.getuid?.() ?? null,
    nodeVersion: process.versions.node,
    userName: env.USER || userName(),
    root: '/',
    now: () => Date.now(),
    freeBytes: (folder) => {
      const { bavail, bsize } = statfsSync(folder)
      return bavail * bsize
    },
    networkFileSystem,
    loadSqlite: async () => {
      const { probeSqlite } = await import('../../daemon/kernel/db/open.ts')
      probeSqlite()
    },
  }
}

/** A user may have no entry in the system's list, as in some containers. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.())
  }
}

/** All checks, in the order in which one depends on the other; the daemon is asked first, since it knows the cache. */
export async function examine(machine: Machine): Promise<Finding[]> {
  let daemon: DaemonReport = { findings: [], cache: null, lastRefreshAt: null }
  const findings = await guarded('daemon', async () => {
    daemon = await examineDaemon(machine)
    return daemon.findings
  })
  const node = await guarded('node', () => checkNode(machine))
  const sqliteLoads = node.every(({ check, state }) => check !== 'sqlite' || state === 'ok')
  return [
    ...node,
    ...(await guarded('folders', () => checkFolders(machine))),
    ...(await guarded('disk', () => checkStorage(machine))),
    ...(await guarded('config.toml', () => checkSettings(machine))),
    ...(sqliteLoads ? await guarded('cache.db', () => checkCache(machine, daemon.cache)) : []),
    ...(await guarded('clock', () => checkClock(machine, daemon.lastRefreshAt))),
    ...(await guarded('inotify', () => checkInotify(machine))),
    ...(await guarded('service', () => checkService(machine))),
    ...findings,
  ]
}

/** A machine out of order breaks checks in ways nobody foresaw; the others still have something to say. */
async function guarded(check: string, work: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await work()
  } catch (error) {
    const text = `This could not be looked at: ${String((error as Error)?.message ?? error)}`
    return [fault(check, text, 'Mend the other faults first; if it stays, this is a bug of smd')]
  }
}
