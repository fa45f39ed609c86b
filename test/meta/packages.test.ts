/** What is installed with smd, and that installing it compiles and runs nothing. */
import { describe, expect, it } from 'vitest'
import { read } from './sources.ts'

type Locked = {
  version: string
  dev?: boolean
  optional?: boolean
  hasInstallScript?: boolean
  gypfile?: boolean
}
const manifest = JSON.parse(read('package.json'))
const locked: Record<string, Locked & { optionalDependencies?: Record<string, string> }> = JSON.parse(
  read('package-lock.json'),
).packages

describe('package-lock.json', () => {
  it('keeps npm from compiling better-sqlite3, which brings its own binaries', () => {
    expect(
      locked['node_modules/better-sqlite3']?.gypfile,
      'npm install took `"gypfile": false` out of node_modules/better-sqlite3; put it back, or npm ci needs Python and a compiler',
    ).toBe(false)
    expect(manifest.allowScripts['better-sqlite3']).toBe(false)
  })

  it('has the packages of every system, so that npm ci works on each', () => {
    const names = Object.keys(locked)
    const missing = Object.values(locked).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter(
        (name) => !names.some((path) => path.endsWith(`node_modules/${name}`)),
      ),
    )
    expect(missing).toEqual([])
  })

  it('lets nothing run a script at installation but what brings Node for development', () => {
    const scripts = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript)
    expect(scripts.map(([path]) => path).filter((path) => path !== 'node_modules/fsevents')).toEqual([
      'node_modules/node',
    ])
    expect(locked['node_modules/node']?.dev).toBe(true)
  })
})

describe('package.json', () => {
  it('has one dependency at run time; the rest is bundled', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['better-sqlite3'])
  })

  it('runs nothing when it is installed', () => {
    for (const hook of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts).not.toHaveProperty(hook)
  })
})
