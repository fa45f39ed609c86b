/** What the system knows of a process (Linux). */
import { readdirSync, readFileSync } from 'node:fs'
import { memoryOf } from '../bench/processes.ts'

export type Figures = { rssBytes: number; fds: number; threads: number; children: number }

export function figuresOf(pid: number): Figures {
  const tasks = readdirSync(`/proc/${pid}/task`)
  return {
    rssBytes: memoryOf(pid, 'VmRSS') ?? 0,
    fds: readdirSync(`/proc/${pid}/fd`).length,
    threads: tasks.length,
    // Also those that ended and were not taken note of.
    children: tasks.flatMap((task) => childrenOf(pid, task)).length,
  }
}

function childrenOf(pid: number, task: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean)
  } catch (error) {
    // The thread ended meanwhile.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}
