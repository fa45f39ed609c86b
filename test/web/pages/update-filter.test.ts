import { describe, expect, it } from 'vitest'
import { choiceOf, chooseUpdates } from '../../../web/src/pages/outdated/update-filter.ts'
import { anUpdate } from '../support/updates.ts'

const rows = [
  anUpdate({ name: 'alpha', state: 'outdated', checkedAt: 3 }),
  anUpdate({ name: 'beta', state: 'diverged', type: 'command', checkedAt: null }),
  anUpdate({ name: 'gamma', state: 'current', scope: 'user', project: null, source: null, checkedAt: 2 }),
]
const all = { text: '', type: '', project: '', sort: '', descending: false }
const names = (choice: Partial<typeof all>): string[] =>
  chooseUpdates(rows, { ...all, ...choice }).map(({ name }) => name)

describe('chooseUpdates', () => {
  it('keeps what has all words in its name, project, source or place', () => {
    expect(names({ text: 'ALPHA skills' })).toEqual(['alpha'])
    expect(names({ text: 'ada api' })).toEqual(['alpha', 'beta', 'gamma'])
    expect(names({ text: 'user' })).toEqual(['gamma'])
    expect(names({ text: 'nothing' })).toEqual([])
  })

  it('keeps one type and one project', () => {
    expect(names({ type: 'command' })).toEqual(['beta'])
    expect(names({ project: 'prj_api' })).toEqual(['alpha', 'beta'])
  })

  it.each([
    ['state', false, ['beta', 'alpha', 'gamma']],
    ['state', true, ['gamma', 'alpha', 'beta']],
    ['name', true, ['gamma', 'beta', 'alpha']],
    ['type', false, ['beta', 'alpha', 'gamma']],
    ['project', false, ['alpha', 'beta', 'gamma']],
    ['checked', false, ['beta', 'gamma', 'alpha']],
    ['no such column', false, ['alpha', 'beta', 'gamma']],
  ])('sorts by %s, descending %s (CACHE-5.3b)', (sort, descending, expected) => {
    expect(names({ sort, descending })).toEqual(expected)
  })
})

describe('choiceOf', () => {
  it('takes what an address may say, and the first for anything else', () => {
    expect(choiceOf('unknown')).toBe('unknown')
    expect(choiceOf('toString')).toBe('')
  })
})
