/** Files that are started as threads or processes of their own, from source or from the bundle. */

/** True in the bundle: set by the build. */
declare const SMD_BUNDLED: boolean | undefined
const bundled = typeof SMD_BUNDLED !== 'undefined' && SMD_BUNDLED

const entry = (name: string): URL => new URL(bundled ? `./${name}.cjs` : `./${name}.ts`, import.meta.url)

export const scannerThread = entry('scanner-thread')
export const writerProcess = entry('writer-process')
