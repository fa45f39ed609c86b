/** What systemd, launchd and the Windows Task Scheduler have in common, as far as smd needs them. */

export type ServiceFile = {
  path: string
  content: string | Buffer
  /** Set whatever the umask. */
  mode: number
}

/** `listening`: the manager holds the socket and starts the daemon with the first client. */
export type ServiceState = {
  active: 'running' | 'listening' | 'stopped' | 'failed'
  /** Of the daemon it runs. */
  pid: number | null
}

export type ServiceManager = {
  readonly kind: 'systemd' | 'launchd' | 'windows-task'
  /** All a service consists of. */
  readonly files: readonly ServiceFile[]
  /** Symbolic links that make it start by itself. */
  readonly links: ReadonlyArray<{ path: string; target: string }>
  /** Folders of ours alone, removed when nothing is left in them; the innermost first. */
  readonly folders: readonly string[]
  /** Whether the daemon goes on when the user has logged out; null where there is no such choice. */
  lingers(): boolean | null
  /** Why the manager cannot be asked, or null when it can. */
  unreachable(): Promise<string | null>
  /** Command lines for the user where it cannot be asked. */
  readonly byHand: readonly string[]
  state(): Promise<ServiceState>
  /** Makes the manager read the files and lets it serve; what runs from other files ends first when they `changed`. */
  activate(changed: boolean): Promise<void>
  /** Starts the daemon itself, not only what waits for clients. */
  start(): Promise<void>
  /** Ends the daemon and what waits for clients, until the next login. */
  stop(): Promise<void>
  /** After the files are gone. */
  forget(): Promise<void>
}
