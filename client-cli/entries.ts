/** The daemon's files, as the command line starts or loads them; from source or from the bundle. */
import { fileURLToPath } from 'node:url'
import type { Paths } from '../daemon/kernel/config/paths.ts'

/** True in the bundle: set by the build. */
declare const SMD_BUNDLED: boolean | undefined
const bundled = typeof SMD_BUNDLED !== 'undefined' && SMD_BUNDLED

export const daemonEntry = fileURLToPath(
  new URL(bundled ? './daemon.cjs' : '../daemon/main.ts', import.meta.url),
)

/**
 * Where V8 keeps compiled code between runs; without it the daemon starts a third slower. A folder of our own, since code
 * is run from it.
 */
export const compileCacheFolder = (paths: Pick<Paths, 'stateDir'>): string =>
  `${paths.stateDir}/compile-cache`

/** The methods over one connection in this process (ADR 0003); loaded only when no daemon can be asked. */
export const loadOffline = () => import('../daemon/offline.ts')

/** The rules of `smd validate`, which look at files and nothing else. */
export const loadValidator = () => import('../daemon/domains/cache/scan/validate.ts')
