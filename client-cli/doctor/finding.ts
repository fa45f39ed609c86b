import type { Paths } from '../../daemon/kernel/config/paths.ts'

/** What one look at the machine found. */
export type Finding = {
  /** What was looked at, e.g. `socket`. */
  check: string
  /** `note`: worth knowing, nothing to mend. */
  state: 'ok' | 'note' | 'fault'
  text: string
  /** What to do; with every fault. */
  fix: string | null
}

/** What the checks look at; tests give what a machine at hand cannot show. */
export type Machine = {
  paths: Paths
  env: NodeJS.ProcessEnv
  home: string
  platform: NodeJS.Platform
  /** Null on Windows. */
  uid: number | null
  nodeVersion: string
  userName: string
  /** Folder that stands for `/` where the system says something of itself. */
  root: string
  /** Unix ms. */
  now(): number
  /** Bytes left for this user where an existing folder is. */
  freeBytes(folder: string): number
  /** Kind of the network file system an existing folder is on, or null. */
  networkFileSystem(folder: string): string | null
  loadSqlite(): Promise<unknown>
}

export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text, fix: null })
export const note = (check: string, text: string, fix: string | null = null): Finding => ({
  check,
  state: 'note',
  text,
  fix,
})
export const fault = (check: string, text: string, fix: string): Finding => ({
  check,
  state: 'fault',
  text,
  fix,
})
