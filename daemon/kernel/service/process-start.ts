/** Who a process is: its number is given to others once it has ended, its number and its start are not. */
import { readFileSync } from 'node:fs'

/**
 * When a process started, as the kernel says it, or null when there is no such process (or it has ended and only waits
 * for its parent). To be compared as text and nothing else: on Linux it counts clock ticks since the machine started,
 * on macOS it is a date. Windows tells neither: null for every process.
 */
export function processStart(pid: number): string | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null
  if (process.platform === 'linux') return startOnLinux(pid)
  if (process.platform === 'darwin') return startOnMac(pid)
  return null
}

/** Field 22 of /proc/PID/stat (proc(5)). The second one is a name in parentheses that may contain any character. */
function startOnLinux(pid: number): string | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return null
    throw error
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  // As long as other threads of it are ending, what it holds (its lock, its socket) is not free.
  const isOver = state === 'X' || (state === 'Z' && Number(fields[17]) <= 1)
  return isOver ? null : (fields[19] ?? null)
}

function startOnMac(pid: number): string | null {
  // Looked up when needed: no other system has to load it.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { stdout } = spawnSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
    cwd: '/',
  })
  return stdout.trim() || null
}

/** Changes with every start of the machine; null where the system has no such number. */
export function bootId(): string | null {
  if (process.platform !== 'linux') return null
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // A container without it; the name of the host still tells machines apart.
    return null
  }
}
