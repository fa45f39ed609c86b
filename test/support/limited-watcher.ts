/** A process that watches two places as far as its namespace lets it, and prints what came of it as JSON. */
import { FolderWatcher } from '../../daemon/kernel/watcher/folder-watcher.ts'
import { inotifyLimits } from '../../daemon/kernel/watcher/limits.ts'
import { everything } from '../../daemon/kernel/watcher/rule.ts'

const [small = '', large = '', budget = ''] = process.argv.slice(2)
const failures: string[] = []
const limits = inotifyLimits()
const watcher = new FolderWatcher(
  {
    changed: () => {},
    overflowed: () => {},
    failed: (owner, _, detail) => failures.push(`${owner} ${detail}`),
    unreadable: () => {},
  },
  budget === 'none' ? { limits, budget: () => Number.POSITIVE_INFINITY } : { limits },
)
const all = everything(new Set())
watcher.set(1, [{ path: small, rule: all }])
await watcher.ready()
watcher.set(2, [{ path: large, rule: all }])
await watcher.ready()
process.stdout.write(JSON.stringify({ limit: limits.watches, failures, folders: watcher.folders }))
await watcher.close()
