/** smd service where no service manager can be asked, as in a container: the files are written all the same (L12). */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'

let box: Sandbox
beforeEach(() => {
  box = createSandbox({ sample: false })
  mkdirSync(box.home)
})
afterEach(() => box.dispose())

const unit = (name: string): string => join(box.home, '.config/systemd/user', name)
/** The reason is in words of the system. */
const tidy = (text: string): string =>
  box
    .tidy(text)
    .replace(/(cannot be asked( here)?: ).*/g, '$1<reason>')
    // Not said to a user whose services go on.
    .replace(/^It ends when you have logged out.*\n/m, '')
    .replace(/^(Runs|With) .*/gm, (_, label) => `${label.padEnd(9)} <program>`)

describe.runIf(process.platform === 'linux')('smd service without a user manager (L12)', () => {
  it('writes the units, says what to run later, and does nothing the second time', async () => {
    const { code, stdout, stderr } = await box.smd('service install')
    expect({ code, stdout: tidy(stdout), stderr: tidy(stderr) }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "stderr": "systemd cannot be asked here: <reason>
      It takes effect at the next login, or with:
        systemctl --user daemon-reload
        systemctl --user start smd.socket
      ",
        "stdout": "Wrote     <root>/home/.config/systemd/user/smd.socket
      Wrote     <root>/home/.config/systemd/user/smd.service
      ",
      }
    `)
    expect(readdirSync(unit('.')).toSorted()).toEqual(['smd.service', 'smd.socket', 'sockets.target.wants'])
    expect(readlinkSync(unit('sockets.target.wants/smd.socket'))).toBe(unit('smd.socket'))
    const again = await box.smd('service install')
    expect({ code: again.code, stdout: tidy(again.stdout) }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "stdout": "Unchanged <root>/home/.config/systemd/user/smd.socket
      Unchanged <root>/home/.config/systemd/user/smd.service
      It was installed already; nothing has changed.
      ",
      }
    `)
    expect(await box.json('service install')).toMatchObject({
      kind: 'systemd',
      changed: false,
      active: null,
      manager: {
        reachable: false,
        byHand: ['systemctl --user daemon-reload', 'systemctl --user start smd.socket'],
      },
    })
  })

  it('rewrites a unit that has changed, and only that one', async () => {
    await box.smd('service install')
    const good = readFileSync(unit('smd.service'), 'utf8')
    writeFileSync(unit('smd.service'), good.replace('RestartSec=1', 'RestartSec=9'))
    const status = await box.smd('service status')
    expect({
      code: status.code,
      stdout: tidy(status.stdout),
      stderr: tidy(status.stderr),
    }).toMatchInlineSnapshot(`
      {
        "code": 1,
        "stderr": "The service is not what this smd would install. Bring it up to date: smd service install
      systemd cannot be asked here: <reason>
      ",
        "stdout": "Service   of systemd
      At login  starts by itself
      Runs      <program>
      With      <program>
      File      <root>/home/.config/systemd/user/smd.socket
      File      <root>/home/.config/systemd/user/smd.service (outdated)
      ",
      }
    `)
    expect(await box.json('service install')).toMatchObject({
      changed: true,
      files: [
        { path: unit('smd.socket'), was: 'current' },
        { path: unit('smd.service'), was: 'outdated' },
      ],
    })
    expect(readFileSync(unit('smd.service'), 'utf8')).toBe(good)
    expect((await box.smd('service status')).code).toBe(0)
  })

  it('leaves the file of another program alone unless told otherwise', async () => {
    mkdirSync(unit('.'), { recursive: true })
    writeFileSync(unit('smd.service'), '[Unit]\nDescription=Sound of the machine daemon\n')
    const refused = await box.json('service install')
    expect(refused).toMatchObject({
      error: { slug: 'service.foreign_file', details: { path: unit('smd.service') } },
    })
    expect(existsSync(unit('smd.socket'))).toBe(false)
    expect(await box.json('service uninstall')).toMatchObject({ removed: [], left: [unit('smd.service')] })
    expect(await box.json('service install --force')).toMatchObject({ changed: true })
    expect((await box.smd('service status')).code).toBe(0)
  })

  it('prints the files and changes nothing with --dry-run', async () => {
    const { stdout } = await box.smd('service install --dry-run')
    expect(existsSync(join(box.home, '.config'))).toBe(false)
    const { files, links } = (await box.json('service install --dry-run')) as {
      files: Array<{ path: string; content: string }>
      links: Array<{ path: string }>
    }
    await box.smd('service install')
    for (const { path, content } of files) {
      expect(readFileSync(path, 'utf8')).toBe(content)
      expect(stdout).toContain(`${path}:\n${content}`)
    }
    expect(stdout).toContain(links[0]?.path)
  })

  it('uninstalls without a trace, and again without complaint', async () => {
    await box.smd('service install')
    const { code, stdout } = await box.smd('service uninstall')
    expect({ code, stdout: tidy(stdout) }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "stdout": "Removed <root>/home/.config/systemd/user/sockets.target.wants/smd.socket
      Removed <root>/home/.config/systemd/user/smd.socket
      Removed <root>/home/.config/systemd/user/smd.service
      ",
      }
    `)
    expect(readdirSync(join(box.home, '.config'))).toEqual([])
    const again = await box.smd('service uninstall')
    expect(again).toMatchObject({ code: 0, stdout: 'Nothing was installed.\n' })
  })

  it('says what is missing when it cannot start or stop anything', async () => {
    expect(await box.smd('service start')).toMatchObject({
      code: 3,
      stderr: 'smd is not installed as a service.\nInstall it with: smd service install\n',
    })
    expect((await box.smd('service status')).code).toBe(3)
    await box.smd('service install')
    for (const verb of ['start', 'stop']) {
      expect(await box.json(`service ${verb}`)).toMatchObject({
        error: { slug: 'service.no_manager', details: { manager: 'systemd' } },
      })
    }
    const bare = await box.json('service status', { env: { PATH: '' } })
    expect(bare).toMatchObject({
      installed: true,
      manager: { reachable: false, reason: 'there is no systemctl' },
    })
  })
})
