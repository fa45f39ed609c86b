/** Files that are started as threads or processes of their own, from source or from the bundle. */
import { fileURLToPath } from 'node:url'
import type { PackageFiles } from './kernel/service/package-files.ts'

/** True in the bundle: set by the build. */
declare const SMD_BUNDLED: boolean | undefined
const bundled = typeof SMD_BUNDLED !== 'undefined' && SMD_BUNDLED

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const entry = (name: string): URL => new URL(bundled ? `./${name}.cjs` : `./${name}.ts`, import.meta.url)

export const scannerThread = entry('scanner-thread')
export const writerProcess = entry('writer-process')

/** Where this process was loaded from: what tells that the package was replaced. */
export const packageFiles: PackageFiles = {
  manifest: at('../package.json'),
  code: [
    at(bundled ? './daemon.cjs' : './main.ts'),
    fileURLToPath(scannerThread),
    fileURLToPath(writerProcess),
  ],
  build: bundled ? at('./build-id.txt') : null,
}

/** The page as it was built; in a source tree it may be built again, or not be there. */
export const webFolder = at(bundled ? './web' : '../dist/web')
export const isWebFolderFixed = bundled
