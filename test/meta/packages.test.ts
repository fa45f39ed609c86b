/** What is installed with smd, and that installing it compiles and runs nothing. */
import { describe, expect, it } from 'vitest'
import { packedManPages } from '../../docs/generate/man.ts'
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
    const bringsNode = ['node_modules/node', 'test/support/node-22/node_modules/node']
    expect(scripts.map(([path]) => path).filter((path) => path !== 'node_modules/fsevents')).toEqual(
      bringsNode,
    )
    for (const path of bringsNode) expect(locked[path]?.dev, path).toBe(true)
  })

  it('brings the oldest Node that smd promises to run on, for the tests of the package', () => {
    const oldest = /^\^(\d+\.\d+) /.exec(manifest.engines.node)?.[1]
    expect(locked['test/support/node-22/node_modules/node']?.version).toBe(`${oldest}.0`)
  })
})

describe('package.json', () => {
  it('has one dependency at run time; the rest is bundled', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['better-sqlite3'])
  })

  it('names every manual page', () => {
    expect(manifest.man, 'Run: npm run docs').toEqual(packedManPages())
  })

  it('runs nothing when it is installed', () => {
    for (const hook of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts).not.toHaveProperty(hook)
  })
})
