// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { Setting } from '../../../web/src/pages/settings/setting-text.ts'
import { type FakeDaemon, fakeDaemon, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

const open = (path = '/settings') =>
  openView(path, async () => (await import('../../../web/src/pages/settings/settings-page.tsx')).SettingsPage)

const setting = (row: Partial<Setting> & { key: string; type: string; value: unknown }): Setting => ({
  origin: 'default',
  line: null,
  default: row.value,
  applies: 'at once',
  describe: `What ${row.key} does.`,
  variable: null,
  aliases: [],
  choices: null,
  min: null,
  max: null,
  ...row,
})

const some = [
  setting({ key: 'cache.enabled', type: 'boolean', value: true }),
  setting({
    key: 'cache.ttl_minutes',
    type: 'integer',
    value: 60,
    default: 360,
    origin: 'file',
    line: 4,
    min: 1,
    max: 9_000,
  }),
  setting({ key: 'discovery.roots', type: 'string[]', value: ['~/code'], default: [] }),
  setting({ key: 'watch.mode', type: 'enum', value: 'auto', applies: 'restart', choices: ['auto', 'scan'] }),
  setting({
    key: 'log.level',
    type: 'enum',
    value: 'debug',
    choices: ['debug', 'info'],
    default: 'info',
    origin: 'environment',
    variable: 'SMD_LOG_LEVEL',
  }),
]

/** A daemon that keeps what it is told. */
function daemonWith(first: readonly Setting[]): FakeDaemon {
  let items = [...first]
  const change = (key: string, next: Partial<Setting>): Setting => {
    items = items.map((item) => (item.key === key ? { ...item, ...next } : item))
    return items.find((item) => item.key === key) as Setting
  }
  return fakeDaemon({
    'config.list': () => ({ file: '/cfg/config.toml', items, total: items.length, warnings: [] }),
    'config.set': ({ key, value }) => {
      if (value === 'abc')
        throw new Refusal('config.invalid', `request:value: ${key} is "abc", expected a number`)
      const type = first.find((item) => item.key === key)?.type
      return change(key, { value: type === 'enum' ? value : JSON.parse(value), origin: 'file', line: 9 })
    },
    'config.unset': ({ key }) =>
      change(key, { value: first.find((item) => item.key === key)?.default, origin: 'default', line: null }),
  })
}

const field = (name: string): HTMLInputElement =>
  screen.getByRole('textbox', { name: new RegExp(name) }) as HTMLInputElement
const type = (name: string, value: string): void => {
  fireEvent.input(field(name), { target: { value } })
}
const sent = ({ asked }: FakeDaemon): unknown[] =>
  asked.filter(({ method }) => method === 'config.set' || method === 'config.unset')

describe('the settings', () => {
  it('stand in groups with value, origin and default', async () => {
    daemonWith(some)
    await open()
    const cache = await screen.findByRole('region', { name: 'Cache' })
    expect(within(cache).getByText('What cache.enabled does.')).toBeTruthy()
    expect(field('cache.ttl_minutes').value).toBe('60')
    expect(cache.textContent).toContain('From line 4 of config.toml. Default: 360.')
    expect(cache.textContent).toContain('1 to 9,000.')
    expect(field('discovery.roots').value).toBe('~/code')
    expect(screen.getByText('5 settings')).toBeTruthy()
    expect(screen.getByRole('region', { name: 'Watching' }).textContent).toContain('Needs a restart')
  })

  it('lock what the environment decides, and name the variable', async () => {
    daemonWith(some)
    await open()
    const level = await screen.findByRole('combobox', { name: /log.level/ })
    expect(level.hasAttribute('disabled')).toBe(true)
    expect(screen.getByText('SMD_LOG_LEVEL').parentElement?.textContent).toContain(
      'Decided by the environment variable SMD_LOG_LEVEL',
    )
  })

  it('count at once for switches and choices', async () => {
    const daemon = daemonWith(some)
    await open()
    fireEvent.click(await screen.findByRole('checkbox', { name: /cache.enabled/ }))
    await screen.findByText('cache.enabled is saved')
    await screen.findByText('Off')
    fireEvent.change(screen.getByRole('combobox', { name: /watch.mode/ }), { target: { value: 'scan' } })
    await screen.findByText(/watch.mode is saved. It counts from the next start on/)
    expect(sent(daemon)).toEqual([
      { method: 'config.set', params: { key: 'cache.enabled', value: 'false' } },
      { method: 'config.set', params: { key: 'watch.mode', value: 'scan' } },
    ])
  })

  it('are saved by Enter or a button, and taken back by Escape', async () => {
    const daemon = daemonWith(some)
    await open()
    await screen.findByRole('region', { name: 'Cache' })
    expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
    type('cache.ttl_minutes', '90')
    await screen.findByRole('button', { name: 'Save' })
    fireEvent.keyDown(field('cache.ttl_minutes'), { key: 'Escape' })
    await waitFor(() => expect(field('cache.ttl_minutes').value).toBe('60'))
    type('cache.ttl_minutes', ' 90 ')
    fireEvent.keyDown(field('cache.ttl_minutes'), { key: 'Enter' })
    await screen.findByText('cache.ttl_minutes is saved')
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Save' })).toBeNull())
    expect(field('cache.ttl_minutes').value).toBe('90')
    type('discovery.roots', '~/code\n\n~/work, mine ')
    fireEvent.click(await screen.findByRole('button', { name: 'Save' }))
    await screen.findByText('discovery.roots is saved')
    expect(sent(daemon)).toEqual([
      { method: 'config.set', params: { key: 'cache.ttl_minutes', value: '90' } },
      { method: 'config.set', params: { key: 'discovery.roots', value: '["~/code","~/work, mine"]' } },
    ])
  })

  it('keep what was typed when it is refused, and say why at the field', async () => {
    daemonWith(some)
    await open()
    await screen.findByRole('region', { name: 'Cache' })
    type('cache.ttl_minutes', 'abc')
    fireEvent.keyDown(field('cache.ttl_minutes'), { key: 'Enter' })
    const said = await screen.findByText('cache.ttl_minutes is "abc", expected a number')
    expect(said.getAttribute('role')).toBe('alert')
    const typed = field('cache.ttl_minutes')
    expect(typed.value).toBe('abc')
    expect(typed.getAttribute('aria-invalid')).toBe('true')
    expect(typed.getAttribute('aria-describedby')?.split(' ')).toContain(said.id)
  })

  it('put a switch back that is refused, for want of the right to write', async () => {
    const daemon = daemonWith(some)
    daemon.answer({
      'config.set': () => {
        throw new Refusal('auth.forbidden', 'This needs the scope write.', 'Sign in again.')
      },
    })
    await open()
    const box = (await screen.findByRole('checkbox', { name: /cache.enabled/ })) as HTMLInputElement
    fireEvent.click(box)
    await screen.findByText('This needs the scope write. Sign in again.')
    expect(box.checked).toBe(true)
  })

  it('go back to the default', async () => {
    const daemon = daemonWith(some)
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Reset cache.ttl_minutes' }))
    await waitFor(() => expect(field('cache.ttl_minutes').value).toBe('360'))
    expect(screen.queryByRole('button', { name: 'Reset cache.ttl_minutes' })).toBeNull()
    expect(sent(daemon)).toEqual([{ method: 'config.unset', params: { key: 'cache.ttl_minutes' } }])
  })

  it('are filtered by words and by whether they were changed, in the address', async () => {
    daemonWith(some)
    await open('/settings?q=log')
    await screen.findByText('1 of 5 settings')
    expect(screen.getByRole('heading', { level: 3 }).textContent).toContain('log.level')
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: '' } })
    fireEvent.click(screen.getByRole('button', { name: /^Changed/ }))
    await screen.findByText('2 of 5 settings')
    expect(location.search).toBe('?show=changed')
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'zzz' } })
    await screen.findByText('No setting is like that.')
  })

  it('follow what others change, and leave alone what is being typed', async () => {
    const daemon = daemonWith(some)
    await open()
    await screen.findByRole('region', { name: 'Cache' })
    type('cache.ttl_minutes', '90')
    const items = some.map((item) =>
      item.key === 'cache.ttl_minutes'
        ? { ...item, value: 30 }
        : item.key === 'cache.enabled'
          ? { ...item, value: false, origin: 'file' as const }
          : item,
    )
    daemon.answer({ 'config.list': () => ({ file: '/cfg/config.toml', items, total: 5, warnings: [] }) })
    document.dispatchEvent(new Event('visibilitychange'))
    await screen.findByText('Off')
    expect(field('cache.ttl_minutes').value).toBe('90')
    fireEvent.keyDown(field('cache.ttl_minutes'), { key: 'Escape' })
    await waitFor(() => expect(field('cache.ttl_minutes').value).toBe('30'))
  })

  it('tell mistakes of the file', async () => {
    fakeDaemon({
      'config.list': () => {
        throw new Refusal('config.syntax', '/cfg/config.toml:3 is no TOML.', 'Correct the line.')
      },
    })
    await open()
    await screen.findByText('/cfg/config.toml:3 is no TOML.')
    expect(screen.getByText('Correct the line.')).toBeTruthy()
  })
})
