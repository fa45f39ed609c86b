/**
 * `fs.watch` for each folder of a tree in a plain loop (floor), or the product's watcher over the same. Prints what it
 * took as JSON; starting Node and loading do not count.
 *
 * `node plain-watch.ts '{"mode":"plain","root":FOLDER}'`
 */
import { type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs'
import { FolderWatcher } from '../../../daemon/kernel/watcher/folder-watcher.ts'
import { everything } from '../../../daemon/kernel/watcher/rule.ts'

export type PlainWatchJob = { mode: 'plain' | 'product'; root: string }
/** `watches`: those of the kernel, as it says itself. */
export type PlainWatchAnswer = { ms: number; cpuMs: number; folders: number; watches: number }

const { mode, root } = JSON.parse(process.argv[2] as string) as PlainWatchJob

const cpu = process.cpuUsage()
const start = performance.now()
let folders = 0
const kept: FSWatcher[] = []
if (mode === 'plain') {
  const walk = (dir: string): void => {
    kept.push(watch(dir, { persistent: false }).on('change', () => {}))
    folders++
    for (const entry of readdirSync(dir, { withFileTypes: true }))
      if (entry.isDirectory()) walk(`${dir}/${entry.name}`)
  }
  walk(root)
} else {
  const nothing = (): void => {}
  const watcher = new FolderWatcher(
    { changed: nothing, overflowed: nothing, failed: nothing, unreadable: nothing },
    { budget: () => Number.POSITIVE_INFINITY },
  )
  watcher.set(1, [{ path: root, rule: everything(new Set()) }])
  await watcher.ready()
  folders = watcher.folders
}
const ms = performance.now() - start
const { user, system } = process.cpuUsage(cpu)
const answer: PlainWatchAnswer = { ms, cpuMs: (user + system) / 1_000, folders, watches: kernelWatches() }
process.stdout.write(JSON.stringify(answer))

function kernelWatches(): number {
  const texts = readdirSync('/proc/self/fdinfo').map((fd) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')
    } catch {
      // The one with which the folder was read
      return ''
    }
  })
  return texts.join('').split('\ninotify ').length - 1
}
