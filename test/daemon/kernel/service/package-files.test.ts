import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type PackageFiles, watchPackage } from '../../../../daemon/kernel/service/package-files.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
let folder: string
let files: PackageFiles

function install(version: string, build: string): void {
  mkdirSync(folder)
  writeFileSync(files.manifest, JSON.stringify({ version }))
  writeFileSync(files.build as string, build)
  for (const file of files.code) writeFileSync(file, `code of ${build}`)
}

beforeEach(() => {
  folder = join(makeHome().home, 'smd')
  const at = (name: string): string => join(folder, name)
  files = { manifest: at('package.json'), code: [at('daemon.cjs'), at('thread.cjs')], build: at('build-id') }
  install('1.0.0', 'a')
})

describe('watchPackage (L9)', () => {
  it('finds nothing changed while nothing is', () => {
    const watch = watchPackage(files)
    expect([watch.changed(), watch.changed(), watch.version()]).toEqual([false, false, '1.0.0'])
  })

  it('notices a folder that was replaced, as package managers do it, and never forgets', () => {
    const watch = watchPackage(files)
    renameSync(folder, `${folder}.old`)
    expect(watch.changed()).toBe(true)
    install('1.1.0', 'b')
    expect([watch.changed(), watch.version()]).toEqual([true, '1.1.0'])
    rmSync(folder, { recursive: true })
    renameSync(`${folder}.old`, folder)
    expect(watch.changed()).toBe(true)
  })

  it('notices one file that was written in place, and one that is gone', () => {
    for (const file of files.code) {
      const written = watchPackage(files)
      writeFileSync(file, 'newer code')
      writeFileSync(files.build as string, `newer ${file}`)
      expect(written.changed(), file).toBe(true)
      const gone = watchPackage(files)
      rmSync(file)
      expect(gone.changed(), file).toBe(true)
      writeFileSync(file, '')
    }
  })

  it('takes the same build, put there again, for the same', () => {
    const watch = watchPackage(files)
    rmSync(folder, { recursive: true })
    install('1.0.0', 'a')
    expect(watch.changed()).toBe(false)
    rmSync(folder, { recursive: true })
    install('1.0.0', 'b')
    expect(watch.changed()).toBe(true)
  })

  it('goes by the files alone where there is no build', () => {
    const watch = watchPackage({ ...files, build: null })
    expect(watch.changed()).toBe(false)
    utimesSync(files.manifest, 1, 1)
    expect(watch.changed()).toBe(true)
  })

  it('has no version to tell in the middle of a replacement', () => {
    const watch = watchPackage(files)
    writeFileSync(files.manifest, '{"vers')
    expect(watch.version()).toBeNull()
    rmSync(files.manifest)
    expect(watch.version()).toBeNull()
  })
})
