/** Search over the socket, at 10,000 and 100,000 artifacts. */
import { openForReading } from '../../../daemon/kernel/db/open.ts'
import type { Call } from '../../../protocol/client.ts'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, untilIdle, withDaemon } from '../daemon.ts'
import type { Group, Line } from '../lines.ts'
import { interleave, median, p99 } from '../statistics.ts'
import { pickWords, type Words } from '../words.ts'

/** Rows asked for, as `smd search` does. */
const LIMIT = 50

type Kind = {
  id: string
  what: string
  queries: readonly string[]
  /** p99 in ms. */
  most: number
  ask(call: Call, query: string): Promise<unknown>
}

export async function measureSearch(bench: Bench): Promise<Group> {
  return {
    name: 'search',
    title: 'Search',
    about: `Over the socket, ${LIMIT} rows, up to 40 different queries of each kind in turns. Words are chosen by how many artifacts have them.`,
    lines: [...(await measureAt(bench, 100)), ...(await measureAt(bench, 1_000))],
  }
}

async function measureAt(bench: Bench, projects: 100 | 1_000): Promise<Line[]> {
  const place = newPlace(bench, bench.tree(projects).home)
  const { artifacts } = await fillCache(bench, place)
  const db = openForReading(place.cacheDb)
  const words = pickWords(place.cacheDb)
  const kinds = kindsOf(words, projects)
  const { quick } = bench.options
  const calls = quick ? 20 : 100
  const rounds = quick ? 3 : 20
  const lines = await withDaemon(bench, place, async ({ call }) => {
    await untilIdle(call)
    const tasks = Object.fromEntries(
      kinds.map(({ id, queries, ask }) => {
        let turn = 0
        return [
          id,
          async () => {
            const times: number[] = []
            for (let i = 0; i < calls; i++) {
              const query = queries[turn++ % queries.length] as string
              const start = process.hrtime.bigint()
              await ask(call, query)
              times.push(Number(process.hrtime.bigint() - start) / 1e6)
            }
            return times
          },
        ]
      }),
    )
    let turn = 0
    const like = (): number => {
      const word = `%${words.typical[turn++ % words.typical.length]?.split(' ')[0]}%`
      const start = process.hrtime.bigint()
      db.allSql(LIKE, word, word, word)
      return Number(process.hrtime.bigint() - start) / 1e6
    }
    const samples = await interleave({ rounds, warmUp: 1 }, { ...tasks, like })
    const count = artifacts.toLocaleString('en')
    const plain = { what: 'LIKE over all rows, in one process', figure: median(samples.like ?? []) }
    return kinds.flatMap(({ id, what, most }): Line[] => {
      const times = (samples as Record<string, number[]>)[id] ?? []
      const shared = { unit: 'ms', floor: null, samples: `${times.length} calls` } as const
      return [
        {
          ...shared,
          id: `search.${id}-${projects}`,
          what: `${what}, ${count} artifacts`,
          figure: median(times),
          floor: id === 'typical' ? plain : null,
          goal: { kind: 'none' },
        },
        {
          ...shared,
          id: `search.${id}-${projects}-p99`,
          what: 'same, p99',
          figure: p99(times),
          goal: { kind: 'most', max: most },
        },
      ]
    })
  })
  db.close()
  return lines
}

function kindsOf(words: Words, projects: 100 | 1_000): Kind[] {
  const small = projects === 100
  const search = (call: Call, query: string): Promise<unknown> =>
    call('artifacts.search', { query, limit: LIMIT })
  const typical = small ? 1 : 5
  const worst = small ? 2 : 5
  const share = Math.round(words.commonShare * 100)
  return [
    { id: 'typical', what: 'two words of 2 to 5 % each', queries: words.typical, most: typical, ask: search },
    { id: 'rare', what: 'one rare word', queries: words.rare, most: typical, ask: search },
    {
      id: 'common',
      what: `the most frequent words, up to ${share} %`,
      queries: words.common,
      most: worst,
      ask: search,
    },
    {
      id: 'beginning',
      what: 'two or three letters of a frequent word',
      queries: words.beginnings,
      most: worst,
      ask: search,
    },
    { id: 'misspelt', what: 'a misspelt word', queries: words.misspelt, most: small ? 5 : 15, ask: search },
    {
      id: 'typed',
      what: 'names as somebody types them (`artifacts.complete`)',
      queries: words.typed,
      most: 2,
      ask: (call, prefix) => call('artifacts.complete', { prefix }),
    },
    // Of 100,000 artifacts the index takes minutes to make, and answers in the same way.
    ...(small ? [contents(words)] : []),
  ]
}

const contents = ({ typical }: Words): Kind => ({
  id: 'contents',
  what: 'two words in what artifacts hold (`contents.search`)',
  queries: typical,
  most: 20,
  ask: (call, query) => call('contents.search', { query, limit: LIMIT }),
})

const LIKE = `SELECT count(*) FROM artifacts a LEFT JOIN descriptions d ON d.id = a.description_id
  WHERE a.name LIKE ? OR d.description LIKE ? OR d.tags LIKE ?`
