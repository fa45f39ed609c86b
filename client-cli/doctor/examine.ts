import { statfsSync } from 'node:fs'
import { homedir } from 'node:os'
import { homeFolder, type Paths } from '../../daemon/kernel/config/paths.ts'
import { networkFileSystem } from '../../daemon/kernel/fs/network-fs.ts'
import { checkCache } from './cache.ts'
import { checkDaemon } from './daemon.ts'
import type { Finding, Machine } from './finding.ts'
import { checkFolders } from './folders.ts'
import { checkNode } from './node.ts'
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
    freeBytes: (folder) => {
      const { bavail, bsize } = statfsSync(folder)
      return bavail * bsize
    },
    networkFileSystem,
    loadSqlite: async () => {
      const { openInMemory } = await import('../../daemon/kernel/db/open.ts')
      openInMemory().close()
    },
  }
}

/** All checks, in the order in which one depends on the other. */
export async function examine(machine: Machine): Promise<Finding[]> {
  const node = await checkNode(machine)
  const sqliteLoads = node.every(({ check, state }) => check !== 'sqlite' || state === 'ok')
  return [
    ...node,
    ...checkFolders(machine),
    ...checkStorage(machine),
    ...(await checkSettings(machine)),
    ...(sqliteLoads ? await checkCache(machine) : []),
    ...(await checkDaemon(machine)),
  ]
}
