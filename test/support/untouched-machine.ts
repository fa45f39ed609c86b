/** Set-up of the whole run: no test may write to the folders of whoever runs it (CACHE-1.5c, CACHE-2.5c). */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { resolvePaths } from '../../daemon/kernel/config/paths.ts'

/** Where smd and SkillMeat keep things by default. */
export function ownFolders(env: NodeJS.ProcessEnv, home: string): string[] {
  const { dataDir, stateDir, configFile } = resolvePaths(env, process.platform, home, null, process.cwd)
  return [dataDir, stateDir, join(configFile, '..'), join(home, '.skillmeat')]
}

/** Answers what to call at the end, which throws when one of the folders was made meanwhile. */
export function watchFolders(folders: readonly string[]): () => void {
  const absent = folders.filter((folder) => !existsSync(folder))
  return () => {
    const made = absent.filter((folder) => existsSync(folder))
    if (made.length > 0) throw new Error(`A test wrote to this machine's own folders: ${made.join(', ')}`)
  }
}

export default (): (() => void) => watchFolders(ownFolders(process.env, homedir()))
