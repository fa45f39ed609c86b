import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createIo } from '../../../client-cli/io.ts'
import { openInBrowser, whyNoBrowser } from '../../../client-cli/lifecycle/open-browser.ts'
import { type ShowOptions, showPage } from '../../../client-cli/lifecycle/show-page.ts'
import type { Call } from '../../../protocol/client.ts'
import { SmdError } from '../../../protocol/errors.ts'
import { isAlive } from '../../support/daemon.ts'
import { fakeTerminal } from '../../support/fake-terminal.ts'

const CODE = 'c'.repeat(43)

/** A folder with a program in the place of the one that opens files, which does what the script says. */
function desktop(script: string | null) {
  const folder = mkdtempSync(join(tmpdir(), 'smd-desktop-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const called = join(folder, 'called')
  if (script !== null)
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho "$@" > '${called}'\n${script}\n`, {
      mode: 0o755,
    })
  const env = { PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':0' }
  // Without any opener: not even one of the system.
  return {
    env: script === null ? { ...env, PATH: folder } : env,
    called: () => readFileSync(called, 'utf8').trim(),
  }
}

async function show(options: ShowOptions, env: NodeJS.ProcessEnv, json = false) {
  const terminal = fakeTerminal({ tty: false })
  const asked: unknown[] = []
  const call = (async (_: string, params: { path: string; asFile: boolean }) => {
    asked.push(params)
    const file = params.asFile ? '/run/smd/open-0.html' : null
    return { url: `http://127.0.0.1:7463${params.path}#code=${CODE}`, expiresAt: 60_000, file }
  }) as unknown as Call
  const shown = await showPage({ io: createIo(terminal.process, { json, env: {} }), env }, call, options)
  return { shown, asked, out: terminal.stdout(), err: terminal.stderr() }
}

describe.runIf(process.platform === 'linux')('showPage', () => {
  it('hands a file to the browser and shows no code', async () => {
    const { env, called } = desktop('exit 0')
    const { shown, asked, out, err } = await show({ path: 'projects' }, env)
    expect(called()).toBe('/run/smd/open-0.html')
    expect(asked).toEqual([{ path: '/projects', asFile: true }])
    expect(out).toBe('Opened http://127.0.0.1:7463 in your browser.\n')
    expect(err).toContain('smd open --print')
    expect(out + err).not.toContain(CODE)
    expect(shown.opened).toBe(true)
  })

  it.each([
    ['there is no opener', null],
    ['the opener finds no browser', 'exit 3'],
  ])('prints the address when %s', async (_, script) => {
    const { shown, out, err } = await show({}, desktop(script).env)
    expect(out).toBe(`http://127.0.0.1:7463/#code=${CODE}\n`)
    expect(err).toContain('No browser could be opened here')
    expect(shown.opened).toBe(false)
  })

  it.each([
    ['it is asked to', { print: true }, {}, 'once, within a minute'],
    ['there is no display', {}, { DISPLAY: '' }, 'open the address yourself'],
    [
      'it is at the other end of SSH',
      {},
      { SSH_CONNECTION: '1.2.3.4 5 6.7.8.9 22' },
      'ssh -N -L 7463:127.0.0.1:7463',
    ],
  ])('prints the address, and has no file made, when %s', async (_, options, more, remark) => {
    const { asked, out, err } = await show(options, { ...desktop('exit 0').env, ...more })
    expect(asked).toEqual([{ path: '/', asFile: false }])
    expect(out).toBe(`http://127.0.0.1:7463/#code=${CODE}\n`)
    expect(err).toContain(remark)
  })

  it('prints nothing of its own with --json', async () => {
    const { out, err, shown } = await show({ print: true }, desktop('exit 0').env, true)
    expect([out, err]).toEqual(['', ''])
    expect(shown).toEqual({ url: `http://127.0.0.1:7463/#code=${CODE}`, expiresAt: 60_000, opened: false })
  })

  it.each(['projects', '/projects', '//projects'])('asks for /projects where %s is given', async (path) => {
    expect((await show({ path, print: true }, {})).asked).toEqual([{ path: '/projects', asFile: false }])
  })

  it('says why there is no page', async () => {
    const terminal = fakeTerminal({ tty: false })
    const call = (() => Promise.reject(new SmdError('web.not_served', { reason: 'x' }))) as unknown as Call
    const io = createIo(terminal.process, { json: false, env: {} })
    await expect(showPage({ io, env: {} }, call, {})).rejects.toMatchObject({ slug: 'web.not_served' })
  })
})

describe('whyNoBrowser', () => {
  it.each([
    [{ DISPLAY: ':0' }, 'linux', null],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', null],
    [{}, 'linux', 'no-display'],
    [{ DISPLAY: ':10', SSH_TTY: '/dev/pts/1' }, 'linux', 'ssh'],
    [{ SSH_CONNECTION: 'x' }, 'darwin', 'ssh'],
    [{}, 'darwin', null],
    [{}, 'win32', null],
  ] as const)('with %j on %s: %s', (env, platform, reason) => {
    expect(whyNoBrowser(env, platform)).toBe(reason)
  })
})

describe.runIf(process.platform === 'linux')('openInBrowser', () => {
  it('does not wait for an opener that stays while the browser runs, and does not end it', async () => {
    // Its number is the one of what it becomes.
    const { env, called } = desktop('echo $$ > "$0.pid"\nexec tail -f /dev/null')
    expect(await openInBrowser('/some/file', env, 'linux')).toBe(true)
    expect(called()).toBe('/some/file')
    const pid = Number(readFileSync(join(env.PATH.split(':')[0] ?? '', 'xdg-open.pid'), 'utf8'))
    expect(isAlive(pid)).toBe(true)
    process.kill(pid)
  })
})
