import { describe, expect, it } from 'vitest'
import { localCaller } from '../../../../daemon/kernel/rpc/request.ts'
import type { ParamsOf } from '../../../../protocol/methods.ts'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'

describe('what is searched for is noted (formats 27)', () => {
  const start = useTestDaemon()

  /** Seven skills about reviews, and a way to see what is noted. */
  async function startFilled() {
    const daemon = await start({
      prepare({ home, write }) {
        write('src/api/.claude/commands/place.md', `It lies at ${home}/src/api.\n`)
        for (let n = 0; n < 7; n++)
          write(`src/api/.claude/skills/review-${n}/SKILL.md`, skill(`review-${n}`, `Reviews ${n}.`))
      },
    })
    const noted = async () =>
      (await daemon.call('analytics.events', { event: 'search' })).items
        .map(({ name, metadata }) => ({ name, ...(metadata as Record<string, unknown>) }))
        .reverse()
    const search = (query: string, params: Partial<ParamsOf<'artifacts.search'>> = {}) =>
      daemon.call('artifacts.search', { query, ...params })
    return { daemon, noted, search }
  }

  it('the five best hits with rank and total, whoever asks', async () => {
    const { daemon, noted } = await startFilled()
    await daemon.dispatcher.callAs(localCaller('a page'), 'artifacts.search', { query: 'review' })
    expect(await noted()).toEqual(
      [1, 2, 3, 4, 5].map((rank) => ({
        name: expect.stringMatching(/^review-\d$/),
        query: 'review',
        search_type: 'metadata',
        score: expect.any(Number),
        rank,
        total_results: 7,
      })),
    )
  })

  it('once as it was typed: no word that is not settled, no further page, no repetition within a minute', async () => {
    const { daemon, noted, search } = await startFilled()
    for (const typed of ['r', 're', 'rev']) await search(typed, { settled: false })
    await search('review', { limit: 2, offset: 2 })
    await search('nothing of that kind')
    expect(await noted()).toEqual([])
    await search('review', { limit: 1 })
    await search('Review ', { limit: 1, sort: 'name' })
    daemon.clock.now += 59_000
    await search('review', { limit: 1 })
    expect(await noted()).toHaveLength(1)
    daemon.clock.now += 2_000
    await search('review', { limit: 1 })
    expect(await noted()).toHaveLength(2)
  })

  it('searches of contents as such, beside the same words in names', async () => {
    const { daemon, noted, search } = await startFilled()
    await daemon.call('contents.search', { query: 'reviews', settled: false })
    await daemon.call('contents.search', { query: 'reviews', limit: 1 })
    await search('reviews', { limit: 1 })
    expect((await noted()).map(({ name: _, ...rest }) => rest)).toMatchObject([
      { query: 'reviews', search_type: 'content', rank: 1, total_results: 7 },
      { query: 'reviews', search_type: 'metadata', rank: 1 },
    ])
  })

  it('no path of this machine, and nothing where the user does not want it', async () => {
    const { daemon, noted, search } = await startFilled()
    await daemon.call('contents.search', { query: `${daemon.home}/src/api` })
    expect(await noted()).toMatchObject([{ name: 'place', query: '~/src/api' }])
    const before = (await noted()).length
    await daemon.call('config.set', { key: 'analytics.enabled', value: 'false' })
    await search('review')
    expect(await noted()).toHaveLength(before)
  })
})
