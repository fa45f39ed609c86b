import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { inotifyLimits } from '../../../../daemon/kernel/watcher/limits.ts'

const dirs: string[] = []
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function folder(files: Record<string, string> = {}): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'smd-limits-')))
  dirs.push(dir)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  return dir
}

describe('the limits of inotify', () => {
  it.each([
    ['the machine', { 'sys/fs/inotify/max_user_watches': '1000\n' }, 1_000],
    [
      'a namespace that has less',
      { 'sys/fs/inotify/max_user_watches': '1000\n', 'sys/user/max_inotify_watches': '100\n' },
      100,
    ],
    [
      'a namespace that could have more',
      { 'sys/fs/inotify/max_user_watches': '1000\n', 'sys/user/max_inotify_watches': '2147483647\n' },
      1_000,
    ],
    ['nothing that can be read', {}, 8_192],
    ['a file that holds no number', { 'sys/fs/inotify/max_user_watches': 'many\n' }, 8_192],
  ])('are those of %s', (_, files, watches) => {
    expect(inotifyLimits(folder(files))).toEqual({ watches, queuedEvents: 16_384 })
  })

  it('tell the size of the queue', () => {
    expect(inotifyLimits(folder({ 'sys/fs/inotify/max_queued_events': '64\n' })).queuedEvents).toBe(64)
  })
})

const mayUnshare = spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0

/** Runs the watcher in a user namespace that grants so many watches. */
function watchWithin(watches: number, budget: 'half' | 'none', limit = 'max_inotify_watches') {
  const dir = folder({ 'small/a/file': '' })
  for (let i = 0; i < 1_000; i++) mkdirSync(join(dir, 'large', String(i)), { recursive: true })
  const program = fileURLToPath(new URL('../../../support/limited-watcher.ts', import.meta.url))
  const script = `echo "$1" > /proc/sys/user/${limit} && shift && exec "$@"`
  const command = [process.execPath, program, join(dir, 'small'), join(dir, 'large'), budget]
  const args = ['--user', '--map-root-user', 'sh', '-c', script, 'sh', String(watches), ...command]
  const out = execFileSync('unshare', args, { encoding: 'utf8' })
  return JSON.parse(out) as { limit: number; failures: string[]; folders: number }
}

describe.skipIf(!mayUnshare)('in a namespace with few watches (P5)', () => {
  it.each([
    [0, ['1 budget', '2 budget']],
    [100, ['2 budget']],
    [1_500, ['2 budget']],
    [3_000, []],
  ])('of %i the watcher takes at most half, and gives up whoever wants more', (watches, failures) => {
    const done = watchWithin(watches, 'half')
    expect(done).toMatchObject({ limit: watches, failures })
    expect(done.folders).toBeLessThanOrEqual(watches / 2)
    expect(done.folders).toBeGreaterThanOrEqual(watches === 0 ? 0 : 4)
  })

  it.each([
    [0, ['1 ENOSPC', '2 ENOSPC']],
    [100, ['2 ENOSPC']],
  ])('of %i that others hold already, it gives up whom the system refuses', (watches, failures) => {
    const done = watchWithin(watches, 'none')
    expect(done.failures).toEqual(failures)
    expect(done.folders).toBeLessThanOrEqual(watches)
  })

  it('without room for one more watcher gives up all', () => {
    const done = watchWithin(0, 'half', 'max_inotify_instances')
    expect(done).toMatchObject({ failures: ['1 EMFILE', '2 EMFILE'], folders: 0 })
  })
})
