import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import type { NetOptions } from '../../../kernel/net/http-client.ts'
import type { UpstreamProviders } from '../../upstream/index.ts'
import type { KeptFiles } from '../../upstream/writer/index.ts'

/** What the daemon says with every request for work. */
export type WorkSurroundings = {
  folders: MachineFolders
  /** Unix ms. */
  now: number
  /** For whoever asks the sources of artifacts. */
  net: Pick<NetOptions, 'offline' | 'timeoutMs'>
}

/** What work has at hand. */
export type WorkTools = WorkSurroundings & {
  /** Asks the sources of artifacts; made when first called. */
  providers(): Promise<UpstreamProviders>
  /** What was fetched from sources before; null: nothing is kept. */
  kept: KeptFiles | null
  /** Aborted when the process begins to end. */
  signal: AbortSignal
  /**
   * Runs what changes files of the user, one at a time. What waits for others (a network, a person) is done before, so that
   * nobody waits for it.
   */
  exclusively<Result>(change: () => Promise<Result>): Promise<Result>
}
