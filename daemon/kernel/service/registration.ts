import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Where the running daemon says how to reach it. Hints only: nothing counts until the handshake confirms `instance`. */
export type Registration = {
  protocol: number
  version: string
  pid: number
  instance: string
  socket: string
  /** Unix ms. */
  startedAt: number
}

export function writeRegistration(file: string, registration: Registration): void {
  const temporary = `${file}.${registration.pid}.tmp`
  writeFileSync(temporary, `${JSON.stringify(registration)}\n`, { mode: 0o600 })
  renameSync(temporary, file)
}

/** Removes the file if it is still the one of `instance`. */
export function removeRegistration(file: string, instance: string): void {
  if (readRegistration(file)?.instance === instance) rmSync(file, { force: true })
}

/** What the file says, or null when there is none that can be read. */
export function readRegistration(file: string): Registration | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
