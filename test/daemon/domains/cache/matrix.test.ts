import { describe, expect, it } from 'vitest'
import { writeSampleHome } from '../../../../client-cli/demo/sample-home.ts'
import type { ParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import { corpusSkills } from '../../../support/corpus-skills.ts'
import { fillWithArtifacts } from '../../../support/many-artifacts.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()

type Matrix = ResultOf<'artifacts.matrix'>
type Cell = { project: string | null; state: string; variant: number }

/** The rows with their cells spelt out. */
function spelt({ columns, states, rows }: Matrix) {
  return rows.map(({ cells, ...row }) => ({
    ...row,
    cells: Array.from({ length: cells.length / 3 }, (_, at): Cell => {
      const [column = -1, state = -1, variant = -1] = cells.slice(at * 3, at * 3 + 3)
      return { project: columns[column]?.id ?? null, state: states[state] ?? '', variant }
    }),
  }))
}

const matrix = async (daemon: TestDaemon, params: ParamsOf<'artifacts.matrix'> = {}) =>
  spelt(await daemon.call('artifacts.matrix', params))

/** What the matrix must say, out of the places of each name. */
async function byHand(daemon: TestDaemon) {
  const { items } = await daemon.call('artifacts.list', { limit: 10_000 })
  const keys = new Map(
    items
      .filter(({ scope }) => ['user', 'project', 'local'].includes(scope))
      .map(({ name, type }) => [`${name.toLowerCase()} ${type}`, { name, type }]),
  )
  const rows = []
  for (const which of keys.values()) {
    const { items: places } = await daemon.call('artifacts.where', { ...which, limit: 1_000 })
    const shown = new Map<string | null, { state: string; hash: string | null }>()
    for (const place of places) {
      if (!['user', 'project', 'local'].includes(place.scope)) continue
      const project = place.project?.id ?? null
      if (shown.has(project)) continue
      // Of several in one place `show` tells the one in effect.
      const inEffect = await daemon.call('artifacts.show', {
        ...which,
        ...(project === null ? { scope: 'user' } : { project }),
      })
      shown.set(project, inEffect)
    }
    const count = (hash: string | null): number =>
      [...shown.values()].filter((one) => one.hash === hash).length
    const variants = new Set([...shown.values()].map(({ hash }) => hash)).size
    rows.push({ ...which, variants, shown, count })
  }
  return rows
}

async function expectTruth(daemon: TestDaemon): Promise<void> {
  const rows = await matrix(daemon)
  const expected = await byHand(daemon)
  expect(rows.map(({ name, type }) => `${name.toLowerCase()} ${type}`).toSorted()).toEqual(
    expected.map(({ name, type }) => `${name.toLowerCase()} ${type}`).toSorted(),
  )
  for (const { name, type, variants, shown, count } of expected) {
    const row = rows.find((one) => one.name.toLowerCase() === name.toLowerCase() && one.type === type)
    const label = `${type} ${name}`
    expect(row?.variants, label).toBe(variants)
    expect(new Map(row?.cells.map(({ project, state }) => [project, state])), label).toEqual(
      new Map([...shown].map(([project, { state }]) => [project, state])),
    )
    expect(row?.cells, label).toHaveLength(shown.size)
    const hashes = new Map<number, Set<string | null>>()
    for (const { project, variant } of row?.cells ?? []) {
      const hash = shown.get(project)?.hash ?? null
      hashes.set(variant, (hashes.get(variant) ?? new Set()).add(hash))
    }
    // Each number stands for one content, and smaller ones for contents that more places have.
    const counts = [...hashes].toSorted(([a], [b]) => a - b).map(([, [hash]]) => count(hash ?? null))
    expect(
      [...hashes.values()].map((one) => one.size),
      label,
    ).toEqual(counts.map(() => 1))
    expect(counts, label).toEqual(counts.toSorted((a, b) => b - a))
    expect([...hashes.keys()].toSorted(), label).toEqual(counts.map((_, at) => at))
  }
}

describe('artifacts.matrix', () => {
  it('says of the sample what artifacts.where and artifacts.show say', async () => {
    const daemon = await start({ prepare: ({ home }) => void writeSampleHome(home) })
    await expectTruth(daemon)
    const { columns, rows } = await daemon.call('artifacts.matrix', {})
    expect(columns[0]).toEqual({ id: null, name: 'user' })
    expect(columns.slice(1).map(({ name }) => name)).toEqual([
      'data-pipeline',
      'mobile-app',
      'notes',
      'webshop',
    ])
    const order = rows.map(({ name }) => name.toLowerCase())
    expect(order).toEqual(order.toSorted())
  })

  it('says the same of real skills in twenty projects, some of them edited', async () => {
    const skills = corpusSkills(12)
    const daemon = await start({
      prepare({ write }) {
        for (let project = 0; project < 20; project++) {
          for (const [at, { name, text }] of skills.entries()) {
            if ((project + at) % 3 === 0) continue
            const edited =
              (project * at) % 7 === 3 ? '\nOne more line.\n' : (project * at) % 5 === 4 ? '\n' : ''
            write(`projects/p${project}/.claude/skills/${name}/SKILL.md`, text + edited)
          }
        }
        write(`.claude/skills/${skills[1]?.name}/SKILL.md`, skills[1]?.text)
      },
    })
    await expectTruth(daemon)
    const rows = await matrix(daemon)
    expect(Math.max(...rows.map(({ variants }) => variants))).toBe(3)
  })

  it('tells a place that has a name twice once, by the one in effect', async () => {
    const daemon = await start({
      prepare({ write }) {
        write('projects/shop/.agents/skills/review/SKILL.md', skill('review', 'Another.'))
        write('projects/shop/.claude/skills/review/SKILL.md', skill('review', 'The one.'))
        write('projects/shop/CLAUDE.md', 'One.')
        write('projects/shop/.claude/CLAUDE.md', 'Two.')
        write('projects/blog/.claude/skills/review/SKILL.md', skill('review', 'The one.'))
      },
    })
    const [memory, review] = (await matrix(daemon)).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    expect(memory?.cells).toHaveLength(1)
    expect(review).toMatchObject({ variants: 1, cells: [{ variant: 0 }, { variant: 0 }] })
    await expectTruth(daemon)
  })

  it('leaves out what stands in too few places, other types and what the words do not find', async () => {
    const daemon = await start({ prepare: ({ home }) => void writeSampleHome(home) })
    const rows = await matrix(daemon)
    for (const atLeast of [2, 3, 1_000])
      expect(await matrix(daemon, { atLeast })).toEqual(rows.filter(({ cells }) => cells.length >= atLeast))
    expect(rows.some(({ cells }) => cells.length >= 2)).toBe(true)
    const spoken = (list: typeof rows) => list.map(({ name, type }) => [name, type])
    expect(spoken(await matrix(daemon, { type: 'skill' }))).toEqual(
      spoken(rows.filter(({ type }) => type === 'skill')),
    )
    const found = (await daemon.call('artifacts.search', { query: 'review', limit: 200 })).items
    const names = new Set(found.filter(({ scope }) => scope !== 'collection').map(({ name }) => name))
    expect(new Set((await matrix(daemon, { query: 'review' })).map(({ name }) => name))).toEqual(names)
  })

  it('tells thousands of artifacts by place, each place once, with as many contents as there are', async () => {
    const daemon = await start()
    const { db } = daemon.ctx
    fillWithArtifacts(db, 50, 120)
    db.exec(`UPDATE artifacts SET hash = CAST(printf('%032d', id % 4) AS BLOB)`)
    daemon.ctx.refresher.considerFilled()
    const rows = await matrix(daemon)
    const expected = db.allSql<{ name: string; type: string; cells: number; most: number }>(
      `SELECT name, type, count(DISTINCT coalesce(project_id, 0)) AS cells, count(DISTINCT hash) AS most
       FROM artifacts WHERE scope IN ('user', 'project') GROUP BY name, type ORDER BY name`,
    )
    expect(rows.map(({ name, type, cells }) => `${name} ${type} ${cells.length}`).toSorted()).toEqual(
      expected.map(({ name, type, cells }) => `${name} ${type} ${cells}`).toSorted(),
    )
    expect(rows.reduce((sum, { cells }) => sum + cells.length, 0)).toBeGreaterThan(900)
    for (const { name, type, variants, cells } of rows) {
      expect(new Set(cells.map(({ project }) => project)).size).toBe(cells.length)
      expect(new Set(cells.map(({ variant }) => variant)).size).toBe(variants)
      expect(variants).toBeLessThanOrEqual(
        expected.find((one) => one.name === name && one.type === type)?.most ?? 0,
      )
    }
  })

  it('is empty where there is nothing', async () => {
    const daemon = await start()
    expect(await daemon.call('artifacts.matrix', {})).toMatchObject({ columns: [], rows: [] })
  })
})
