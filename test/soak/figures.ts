/** What the system knows of a process (Linux). */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { memoryOf } from '../bench/processes.ts'

export type Figures = {
  rssBytes: number
  fds: number
  threads: number
  /** The processes below it that scan and write; 0 while there is nothing to do. */
  writers: number
  /** What those hold together. */
  writerBytes: number
  /** Other processes below it, and those that ended and were not taken note of. */
  strangers: number
}

export function figuresOf(pid: number): Figures {
  const below = descendantsOf(pid)
  // By its file at first, then by the title it gives itself.
  const writers = below.filter((child) => /writer-process|^smd-writer/.test(read(`/proc/${child}/cmdline`)))
  return {
    rssBytes: memoryOf(pid, 'VmRSS') ?? 0,
    fds: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    writers: writers.length,
    writerBytes: writers.reduce((sum, child) => sum + (memoryOf(child, 'VmRSS') ?? 0), 0),
    // One that ended has no command line any more. It may have done so this very moment.
    strangers: below.filter((child) => !writers.includes(child) && isThere(child)).length,
  }
}

/** Processes started by this one, and by those, in any order. */
export function descendantsOf(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const children = tasks.flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  )
  return children.flatMap((child) => [child, ...(isThere(child) ? descendantsOf(child) : [])])
}

const isThere = (pid: number): boolean => existsSync(`/proc/${pid}/task`)

/** Empty when the process or thread ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
