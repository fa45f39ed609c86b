import { describe, expect, it } from 'vitest'
import { migrations } from '../../migrations/index.ts'
import { read, repoFiles } from './sources.ts'

const files = repoFiles().filter((file) => /^migrations\/\d/.test(file))

describe('the migrations', () => {
  it('are numbered without gaps, and none is forgotten in the list (CACHE-1.2c)', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
    expect(files.sort()).toEqual(
      migrations.map(({ version, name }) => `migrations/${String(version).padStart(3, '0')}-${name}.ts`),
    )
  })

  it.each(files)('%s says why the schema is as it is (CACHE-1.1d, CACHE-1.2c)', (file) => {
    const comment = /\n\/\*\*\n([\s\S]*?)\*\/\nexport const \w+: Migration/.exec(read(file))?.[1] ?? ''
    expect(comment.split('\n').length).toBeGreaterThan(2)
  })

  it('can be undone: each drops what it made (CACHE-1.2b)', () => {
    for (const { up, down, name } of migrations) {
      const made = [...up.matchAll(/^CREATE (?:VIRTUAL )?(?:TABLE|VIEW) (\w+)/gm)].map(([, thing]) => thing)
      const dropped = [...down.matchAll(/^DROP (?:TABLE|VIEW) (\w+)/gm)].map(([, thing]) => thing)
      expect(dropped.toSorted(), name).toEqual(made.toSorted())
    }
  })
})

describe('the decision records', () => {
  const records = repoFiles().filter((file) => file.startsWith('docs/adr/'))

  it('are numbered without gaps', () => {
    expect(
      records.map((file) => Number(/(\d{4})-[a-z-]+\.md$/.exec(file)?.[1])).sort((a, b) => a - b),
    ).toEqual(records.map((_, index) => index + 1))
  })

  it.each(records)('%s has context, decision and consequence on one page (CACHE-1.1d)', (file) => {
    const text = read(file)
    for (const part of ['Context', 'Decision', 'Consequence'])
      expect(text).toMatch(new RegExp(`^\\*\\*${part}\\.\\*\\* \\S`, 'm'))
    expect(text.split('\n').length).toBeLessThan(60)
  })
})
