import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseProjects, countAttentions } from '../../../web/src/pages/projects/project-filter.ts'
import { aProjectRow } from '../support/rows.ts'

const projects = [
  aProjectRow({ name: 'api', outdatedCount: 2, artifactCount: 9 }),
  aProjectRow({ name: 'docs', status: 'stale', modifiedCount: 1 }),
  aProjectRow({ name: 'old', status: 'missing', problemCount: 3, artifactCount: 4 }),
  aProjectRow({ name: 'web', status: 'error', outdatedCount: 1 }),
]
const all = { text: '', attention: '', sort: 'name', descending: false }
const names = (choice: Partial<typeof all>): string[] =>
  chooseProjects(projects, { ...all, ...choice }).map(({ name }) => name)

describe('choosing projects', () => {
  it.each([
    [{ text: 'AP' }, ['api']],
    [{ text: 'home web' }, ['web']],
    [{ attention: 'outdated' }, ['api', 'web']],
    [{ attention: 'failed' }, ['old', 'web']],
    [{ attention: 'stale' }, ['docs']],
    [{ attention: 'problems' }, ['old']],
    [{ attention: 'modified' }, ['docs']],
    [{ attention: 'what is this' }, ['api', 'docs', 'old', 'web']],
    [{ sort: 'outdated', descending: true }, ['api', 'web', 'docs', 'old']],
    [{ sort: 'artifacts' }, ['docs', 'web', 'old', 'api']],
    [{ sort: 'name', descending: true }, ['web', 'old', 'docs', 'api']],
    [{ sort: 'no such column' }, ['api', 'docs', 'old', 'web']],
  ])('%j', (choice, expected) => expect(names(choice)).toEqual(expected))

  it('counts what each choice would show', () => {
    const counts = countAttentions(projects)
    for (const [attention, count] of Object.entries(counts))
      expect([attention, names({ attention }).length]).toEqual([attention, count])
  })

  it('shows, for any order, the same projects', () => {
    const sorts = fc.constantFrom(
      'name',
      'artifacts',
      'outdated',
      'modified',
      'problems',
      'tokens',
      'updated',
    )
    fc.assert(
      fc.property(sorts, fc.boolean(), (sort, descending) => {
        expect(names({ sort, descending }).toSorted()).toEqual(['api', 'docs', 'old', 'web'])
      }),
    )
  })
})
