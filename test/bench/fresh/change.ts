/** From a saved file to the client that is told of it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import { newPlace, untilIdle, withDaemon } from '../daemon.ts'
import type { Line } from '../lines.ts'
import { cleanEnv } from '../processes.ts'
import { median, p99 } from '../statistics.ts'
import { burstLines } from './bursts.ts'
import { type Follower, startPlain, subscribe } from './follower.ts'
import { buildOwnTree, copyTree, filesOfProjects, type OwnFile } from './tree.ts'

/** The default of `watch.settle_ms`. */
const SETTLE_MS = 20
const WARM_UP = 10
/** Between two changes, as somebody saves; no less, so that each is one of its own. */
const PAUSE_MS = { least: 30, most: 80 }

export async function measureChanges(bench: Bench): Promise<Line[]> {
  const own = buildOwnTree(bench, 100)
  const copy = copyTree(bench, own)
  const place = newPlace(bench, own.home)
  const env = cleanEnv(copy.home, bench.temp)
  const job = { plan: copy.planFile, db: join(bench.temp, 'follow.db'), settleMs: SETTLE_MS }
  const count = bench.options.rounds ?? (bench.options.quick ? 40 : 500)
  try {
    return await withDaemon(bench, place, async (connection) => {
      const { call } = connection
      await call('cache.refresh', {})
      await untilIdle(call)
      await call('cache.sync', {})
      const { artifacts } = await call('cache.status', {})
      const product = await subscribe(connection)
      const plain = await startPlain(job, env)
      const taken = await inTurns(
        count,
        { follower: product, files: filesOfProjects(own.plan), keyOf: ({ unit }) => unit },
        { follower: plain, files: filesOfProjects(copy.plan), keyOf: ({ path }) => path },
      )
      plain.close()
      product.close()
      const bursts = await burstLines(bench, own, place, call)
      return [...changeLines(taken, artifacts), ...bursts]
    })
  } finally {
    copy.remove()
    own.remove()
  }
}

type Side = { follower: Follower; files: readonly OwnFile[]; keyOf(file: OwnFile): string }
type Taken = { product: number[]; plain: number[]; lost: number }

/** One change at a time, in turns; the next one when the last has been told and a moment has passed. */
async function inTurns(count: number, product: Side, plain: Side): Promise<Taken> {
  const taken: Taken = { product: [], plain: [], lost: 0 }
  for (let turn = -WARM_UP; turn < count; turn++) {
    for (const [name, side] of [
      ['plain', plain],
      ['product', product],
    ] as const) {
      const ms = await change(side, turn)
      if (turn >= 0 && ms !== null) taken[name].push(ms)
      if (ms === null && name === 'product') taken.lost++
      await wait(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least))
    }
  }
  return taken
}

/** Milliseconds from before a file is saved until the news is here. */
async function change({ follower, files, keyOf }: Side, turn: number): Promise<number | null> {
  const file = files[Math.floor(Math.random() * files.length)] as OwnFile
  const content = Buffer.concat([readFileSync(file.path), Buffer.from(`\nSaved once more: ${turn}\n`)])
  const told = follower.next(keyOf(file))
  const start = performance.now()
  writeFileSync(file.path, content)
  const at = await told
  return at === null ? null : at - start
}

function changeLines({ product, plain, lost }: Taken, artifacts: number): Line[] {
  const samples = `${product.length} changes`
  const what = `fs.watch + ${SETTLE_MS} ms + read + sha256 + commit`
  return [
    {
      id: 'fresh.change',
      what: `file saved to \`artifacts.changed\` at a subscribed client, row committed, ${artifacts.toLocaleString('en')} artifacts`,
      unit: 'ms',
      figure: median(product),
      floor: { what, figure: median(plain) },
      goal: { kind: 'most', max: 25 },
      samples,
    },
    {
      id: 'fresh.change-p99',
      what: 'same, p99',
      unit: 'ms',
      figure: p99(product),
      floor: { what: 'the same, p99', figure: p99(plain) },
      goal: { kind: 'most', max: 50 },
      samples,
    },
    {
      id: 'fresh.change-lost',
      what: 'changes of these that were never told',
      unit: '',
      figure: lost,
      floor: null,
      goal: { kind: 'most', max: 0 },
      samples,
    },
  ]
}
