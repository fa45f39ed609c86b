/** Whether the files of smd are still those this process was loaded from (daemon spec L9). */
import { readFileSync, statSync } from 'node:fs'

/** Where a package lies: its manifest, the files that are loaded when a thread starts, and what names the build. */
export type PackageFiles = {
  manifest: string
  code: readonly string[]
  /** File with a text that is the same for equal builds; null where there is no build. */
  build: string | null
}

export type PackageWatch = {
  /**
   * True once the files were replaced: from then on nothing may be loaded from them, since it would not fit what is in
   * memory. Files that were replaced by equal ones, as by the same build again, do not count.
   */
  changed(): boolean
  /** Version that lies there now, as far as it can be read. */
  version(): string | null
}

/** Takes the files as they are now for those that were loaded; a few microseconds each time it is asked. */
export function watchPackage({ manifest, code, build }: PackageFiles): PackageWatch {
  const files = [manifest, ...code]
  const look = (): string => files.map(mark).join(' ')
  const loaded = read(build)
  let seen = look()
  let changed = false
  return {
    changed() {
      if (changed) return true
      const now = look()
      if (now === seen) return false
      if (loaded !== null && files.every((file) => mark(file) !== 'none') && read(build) === loaded)
        seen = now
      else changed = true
      return changed
    },
    version() {
      try {
        return JSON.parse(read(manifest) ?? '').version ?? null
      } catch {
        // In the middle of being replaced.
        return null
      }
    },
  }
}

function mark(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${found.dev}:${found.ino}:${found.size}:${found.mtimeMs}` : 'none'
}

function read(file: string | null): string | null {
  if (file === null) return null
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
