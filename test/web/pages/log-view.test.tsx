// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ParamsOf } from '../../../protocol/methods.ts'
import type { PageCall } from '../../../web/src/connection.ts'
import type { LogEntry } from '../../../web/src/pages/jobs/use-log.ts'
import { fakeDaemon, live, liveMock } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

const open = (path = '/jobs?view=log') =>
  openView(path, async () => (await import('../../../web/src/pages/jobs/jobs-page.tsx')).JobsPage)

const line = (message: string, more: Partial<LogEntry> = {}): LogEntry => ({
  loggedAt: 1,
  level: 'info',
  message,
  requestId: null,
  fields: {},
  ...more,
})

type Followed = { params: ParamsOf<'logs.follow'>; isOver: boolean }

/** A connection with a log of its own, as the daemon has it: old lines first, then what `write` adds. */
async function connectTo(old: readonly LogEntry[]) {
  const listeners = await vi.waitUntil(() => live.listeners)
  const followed: Followed[] = []
  const write = (entry: LogEntry): void => listeners.onNotification({ method: 'logs.line', params: entry })
  const call = async (method: string, params: unknown, signal?: AbortSignal): Promise<unknown> => {
    if (method === 'logs.read') return { items: [], total: 0 }
    const follower: Followed = { params: params as Followed['params'], isOver: false }
    followed.push(follower)
    for (const entry of old)
      if (!follower.params.request || entry.requestId === follower.params.request) write(entry)
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        follower.isOver = true
        reject(new Error('given up'))
      })
    })
  }
  listeners.onOpen(call as PageCall)
  onTestFinished(() => {
    expect(followed.filter(({ isOver }) => !isOver).length).toBeLessThanOrEqual(1)
  })
  return { write, followed }
}

const messages = (): string[] =>
  within(screen.getByRole('grid', { name: 'Log, newest first' }))
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getAllByRole('gridcell')[2]?.textContent?.trim() ?? '')

describe('the log', () => {
  it('shows what was written before, and each line as it is written, newest first', async () => {
    fakeDaemon({ 'logs.read': () => ({ items: [], total: 0 }) })
    await open()
    const { write, followed } = await connectTo([
      line('one'),
      line('two', { fields: { units: 3, path: '/a b' } }),
    ])
    await screen.findByRole('grid')
    expect(messages()).toEqual(['two units=3 path=/a b', 'one'])
    expect(screen.getByText('2 lines, following')).toBeTruthy()
    write(line('three', { level: 'error' }))
    await waitFor(() => expect(messages()).toEqual(['three', 'two units=3 path=/a b', 'one']))
    expect(followed.map(({ params }) => params)).toEqual([{ level: 'debug', limit: 1_000 }])
  })

  it('asks for a level and a request, as the address says, one follower after the other', async () => {
    fakeDaemon({ 'logs.read': () => ({ items: [], total: 0 }) })
    await open('/jobs?view=log&request=r1')
    const { followed } = await connectTo([line('mine', { requestId: 'r1' }), line('other')])
    await screen.findByRole('grid')
    expect(messages()).toEqual(['mine'])
    fireEvent.change(screen.getByRole('combobox', { name: 'Least level' }), { target: { value: 'warn' } })
    await waitFor(() => expect(followed).toHaveLength(2))
    expect(followed.map(({ params, isOver }) => ({ ...params, isOver }))).toEqual([
      { level: 'debug', request: 'r1', limit: 1_000, isOver: true },
      { level: 'warn', request: 'r1', limit: 1_000, isOver: false },
    ])
    expect(location.search).toBe('?view=log&request=r1&level=warn')
  })

  it('stands still while it is paused, and goes on from what is there then', async () => {
    fakeDaemon({ 'logs.read': () => ({ items: [], total: 0 }) })
    await open()
    const old = [line('one')]
    const { write, followed } = await connectTo(old)
    await screen.findByRole('grid')
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }))
    await screen.findByText('1 line, paused')
    await waitFor(() => expect(followed[0]?.isOver).toBe(true))
    old.push(line('two'))
    write(line('two'))
    expect(messages()).toEqual(['one'])
    fireEvent.click(screen.getByRole('button', { name: 'Go on' }))
    await waitFor(() => expect(messages()).toEqual(['two', 'one']))
  })

  it('opens a line with its fields, and goes to its request', async () => {
    fakeDaemon({ 'logs.read': () => ({ items: [], total: 0 }) })
    await open()
    await connectTo([
      line('slow query', { level: 'warn', requestId: 'r7', fields: { method: 'jobs.list', at: [1] } }),
    ])
    fireEvent.keyDown(await screen.findByRole('grid'), { key: 'Enter' })
    const dialog = await screen.findByRole('dialog', { name: 'slow query' })
    expect(dialog.textContent).toContain('jobs.list')
    expect(dialog.textContent).toContain('[1]')
    expect(dialog.textContent).toContain('1970-01-01T00:00:00.001Z')
    fireEvent.click(within(dialog).getByRole('button', { name: 'Only this request' }))
    await waitFor(() => expect(location.search).toBe('?view=log&request=r7'))
  })

  it('finds words in messages and fields', async () => {
    fakeDaemon({ 'logs.read': () => ({ items: [], total: 0 }) })
    await open()
    await connectTo([line('refresh ended', { fields: { units: 12 } }), line('watching')])
    await screen.findByRole('grid')
    fireEvent.input(screen.getByRole('searchbox', { name: 'Filter lines' }), {
      target: { value: 'UNITS=12' },
    })
    await waitFor(() => expect(messages()).toEqual(['refresh ended units=12']))
    expect(screen.getByText('1 of 2 lines, following')).toBeTruthy()
    fireEvent.input(screen.getByRole('searchbox', { name: 'Filter lines' }), { target: { value: 'zzz' } })
    await screen.findByText('No line has these words.')
  })

  it('shows the last lines without a connection, and says when there is none', async () => {
    const daemon = fakeDaemon({ 'logs.read': () => ({ items: [line('only')], total: 1 }) })
    await open()
    await screen.findByRole('grid')
    expect(messages()).toEqual(['only'])
    expect(screen.getByText('1 line')).toBeTruthy()
    expect(daemon.asked).toEqual([{ method: 'logs.read', params: { level: 'debug', limit: 1_000 } }])
    daemon.answer({ 'logs.read': () => ({ items: [], total: 0 }) })
    await open()
    await screen.findByText(/No line was written that is like that/)
  })
})
