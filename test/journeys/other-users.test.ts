/** Two users on one machine: what the second can do with the daemon of the first, and prepare for it. */
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createConnection } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { daemonFlags } from '../../client-cli/lifecycle/daemon-memory.ts'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { requireSecondUser, runAsStranger, runProgram, STRANGER } from '../support/users.ts'

let box: Sandbox
let uid: number
beforeAll(requireSecondUser)
beforeEach(() => {
  // The victim is no superuser, so that what protects it is what protects everybody.
  box = createSandbox({ plainUser: true })
  uid = statSync(box.home).uid
  // Nothing around smd's own folders shall protect them.
  mkdirSync(join(box.root, 'smd'))
  chownSync(join(box.root, 'smd'), uid, uid)
  for (const path of [box.root, box.home, join(box.root, 'smd')]) chmodSync(path, 0o755)
})
afterEach(() => box.dispose())

/** As a user types it: without the compile cache that the tests share. */
const plain = { env: { NODE_COMPILE_CACHE: undefined } }

const smdFolders = () => readdirSync(join(box.root, 'smd')).map((name) => join(box.root, 'smd', name))
/** Everything in smd's folders, the folders first. */
const everything = (): string[] =>
  smdFolders().flatMap((folder) => [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ])

const underUmask = async (umask: number, work: () => Promise<void>): Promise<void> => {
  const before = process.umask(umask)
  await work().finally(() => process.umask(before))
}
const expectOurs = (paths: readonly string[]): void => {
  expect(paths.filter((path) => lstatSync(path).uid !== uid)).toEqual([])
  expect(paths.filter((path) => isOpenToOthers(path))).toEqual([])
  expect(paths.filter((path) => lstatSync(path).isDirectory() && modeOf(path) !== 0o700)).toEqual([])
  for (const file of ['socket', 'cacheDb', 'lockFile', 'registrationFile', 'logFile', 'configFile'] as const)
    expect(modeOf(box.paths[file]), file).toBe(0o600)
}
const expectDone = async (command: string): Promise<void> => {
  expect(await box.smd(command, plain), command).toMatchObject({ code: 0 })
}

describe('files and folders (S1)', () => {
  it.each(['022', '077', '777'])("are the user's alone under umask %s", (umask) =>
    underUmask(Number.parseInt(umask, 8), async () => {
      await expectDone('config set cache.ttl_minutes 90')
      expectOurs(everything())
    }),
  )

  it("are the user's alone, every kind of them, when nothing is masked; and are closed when somebody opened them", () =>
    underUmask(0, async () => {
      await expectDone('demo list --limit 1')
      await expectDone('demo stop')
      await expectDone('config set cache.ttl_minutes 90')
      await expectDone('stop')
      writeFileSync(box.paths.cacheDb, 'garbage '.repeat(1_000))
      await expectDone('start')
      await expectDone('cache refresh --force')
      const names = everything().map((path) => basename(path))
      const made = [
        ...[
          'config.toml',
          'cache.db',
          'cache.db-wal',
          'cache.db-shm',
          'daemon.lock',
          'daemon.json',
          'smd.log',
        ],
        ...['smd.sock', 'compile-cache', 'demo', 'SKILL.md'],
      ]
      expect(names).toEqual(expect.arrayContaining(made))
      expect(names.some((name) => name.startsWith('cache.db.corrupt-'))).toBe(true)
      expectOurs(everything())

      await expectDone('stop')
      for (const path of everything()) if (!lstatSync(path).isSymbolicLink()) chmodSync(path, 0o777)
      await expectDone('start')
      const outer = smdFolders().flatMap((folder) => [
        folder,
        ...readdirSync(folder).map((name) => join(folder, name)),
      ])
      expect(outer.filter((path) => isOpenToOthers(path))).toEqual([])
    }))

  const folders = {
    state: () => box.paths.stateDir,
    runtime: () => box.paths.runtimeDir,
    data: () => box.paths.dataDir,
    config: () => dirname(box.paths.configFile),
  }
  it.each([
    ['state', "is somebody else's", takeAway, /^it belongs to user 54321, not to \d+$/],
    ['runtime', "is somebody else's", takeAway, /^it belongs to user 54321, not to \d+$/],
    ['data', "is somebody else's", takeAway, /^it belongs to user 54321, not to \d+$/],
    ['config', "is somebody else's", takeAway, /^it belongs to user 54321, not to \d+$/],
    ['state', 'is a link', replaceByLink, /^it is a symbolic link$/],
    ['runtime', 'is a link', replaceByLink, /^it is a symbolic link$/],
    ['data', "is a link to somebody else's", linkAway, /^it belongs to user 54321, not to \d+$/],
    ['config', "is a link to somebody else's", linkAway, /^it belongs to user 54321, not to \d+$/],
    [
      'state',
      'holds a log somebody else put there',
      plant('smd.log'),
      /^smd\.log in it belongs to user 54321/,
    ],
    [
      'runtime',
      'holds a socket somebody else put there',
      plant('smd.sock'),
      /^the socket in it belongs to user 54321/,
    ],
    ['data', 'holds a cache somebody else put there', plant('cache.db'), /^cache\.db in it belongs to/],
    [
      'config',
      'holds settings somebody else put there',
      plant('config.toml'),
      /^config\.toml in it belongs to/,
    ],
    [
      'state',
      'lies where all may write',
      openParent(0o777),
      /^everybody may write to the folder .*\/smd around it$/,
    ],
    [
      'runtime',
      'lies on a shared root',
      openParent(0o1777),
      /^everybody may write to the folder .*\/smd around it$/,
    ],
    [
      'state',
      'lies below a folder of somebody else',
      foreignParent,
      /^the folder .* around it belongs to user 54321/,
    ],
  ] as const)('a %s folder that %s is refused, and left as it is', async (which, _, spoil, reason) => {
    const folder = folders[which]()
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o755)
    chownSync(folder, uid, uid)
    spoil(folder)
    const before = everything().map((path) => [path, lstatSync(path).mode, lstatSync(path).uid] as const)
    const { code, stdout } = await box.smd('start --json')
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 5,
      error: { slug: 'daemon.unsafe_folder', details: { reason: expect.stringMatching(reason) } },
    })
    expect(box.daemonPid()).toBe(null)
    // What is ours may have been closed on the way; what is theirs is not touched.
    for (const [path, mode, owner] of before) {
      if (owner === STRANGER) expect(lstatSync(path).mode, path).toBe(mode)
    }
  })
})

const modeOf = (path: string): number => lstatSync(path).mode & 0o777
const isOpenToOthers = (path: string): boolean =>
  !lstatSync(path).isSymbolicLink() && (modeOf(path) & 0o077) !== 0

function takeAway(folder: string): void {
  chownSync(folder, STRANGER, STRANGER)
}
function replaceByLink(folder: string): void {
  renameSync(folder, `${folder}-real`)
  symlinkSync(`${folder}-real`, folder)
}
function linkAway(folder: string): void {
  replaceByLink(folder)
  takeAway(`${folder}-real`)
}
function plant(name: string): (folder: string) => void {
  return (folder) => {
    chmodSync(folder, 0o777)
    writeFileSync(join(folder, name), '')
    takeAway(join(folder, name))
  }
}
function openParent(mode: number): (folder: string) => void {
  return (folder) => chmodSync(dirname(folder), mode)
}
function foreignParent(folder: string): void {
  takeAway(dirname(folder))
}

/** Tries everything on every path, and on the process; tells what worked. */
const attack = `
  import fs from 'node:fs'
  import net from 'node:net'
  const { paths, pid, socket, readOnly } = JSON.parse(fs.readFileSync(0, 'utf8'))
  const worked = []
  const attempt = (what, action) => { try { action(); worked.push(what) } catch {} }
  const open = (path, flags) => fs.closeSync(fs.openSync(path, flags | fs.constants.O_NONBLOCK))
  for (const path of paths) {
    attempt('stat ' + path, () => fs.lstatSync(path))
    attempt('list ' + path, () => fs.readdirSync(path))
    attempt('read ' + path, () => open(path, fs.constants.O_RDONLY))
    if (readOnly) continue
    attempt('write ' + path, () => open(path, fs.constants.O_WRONLY))
    attempt('put into ' + path, () => fs.writeFileSync(path + '/planted', ''))
    attempt('put beside ' + path, () => fs.writeFileSync(path + '.planted', ''))
    attempt('chmod ' + path, () => fs.chmodSync(path, 0o777))
    attempt('link ' + path, () => fs.linkSync(path, '/tmp/smd-stolen-' + process.pid))
    attempt('rename ' + path, () => fs.renameSync(path, path + '.moved'))
    attempt('remove ' + path, () => fs.rmSync(path, { recursive: true }))
  }
  for (const name of ['environ', 'mem', 'maps', 'io', 'auxv'])
    attempt('read /proc/PID/' + name, () => open('/proc/' + pid + '/' + name, fs.constants.O_RDONLY))
  for (const name of ['cwd', 'exe', 'root', 'fd/0'])
    attempt('follow /proc/PID/' + name, () => fs.readlinkSync('/proc/' + pid + '/' + name))
  for (const name of ['fd', 'task/' + pid + '/fd'])
    attempt('list /proc/PID/' + name, () => fs.readdirSync('/proc/' + pid + '/' + name))
  attempt('signal', () => process.kill(pid, 0))
  if (!readOnly) attempt('stop', () => process.kill(pid, 'SIGTERM'))
  const connected = await new Promise((resolve) => {
    const client = net.connect(socket)
    client.on('connect', () => resolve(true))
    client.on('error', () => resolve(false))
  })
  if (connected) worked.push('connect')
  process.stdout.write(JSON.stringify(worked), () => process.exit(0))
`

describe('another user of the machine (S2)', () => {
  it('can read and write nothing, of whatever group', async () => {
    await box.smd('config set cache.ttl_minutes 90')
    await box.smd('demo list --limit 1')
    await box.smd('demo stop')
    const before = await box.smd('list --json')
    const pid = box.daemonPid()
    const paths = everything().filter((path) => !smdFolders().includes(path))
    const job = { paths, pid, socket: box.paths.socket }

    // What the attack can do at all: everything, where it is one's own.
    const own = await runProgram<string[]>(attack, { ...job, readOnly: true }, { uid, gid: uid })
    for (const path of paths) expect(own).toContain(`stat ${path}`)
    for (const what of [
      `read ${box.paths.cacheDb}`,
      `read ${box.paths.logFile}`,
      'connect',
      'signal',
      ...(process.platform === 'linux' ? ['read /proc/PID/environ', 'follow /proc/PID/cwd'] : []),
    ])
      expect(own).toContain(what)

    for (const gid of [STRANGER, uid]) {
      expect(await runAsStranger<string[]>(attack, job, { gid })).toEqual([])
      // The folders themselves can be seen, from the open one around them, and nothing else.
      const outer = await runAsStranger<string[]>(attack, { ...job, paths: smdFolders() }, { gid })
      expect(outer.toSorted()).toEqual(
        smdFolders()
          .map((path) => `stat ${path}`)
          .toSorted(),
      )
    }

    expect(box.daemonPid()).toBe(pid)
    expect(await box.smd('list --json')).toEqual(before)
  })

  it('sees nothing secret in the process list, and the daemon keeps no secret of its shell', async () => {
    const secret = 'canary-4f9c27'
    const env = {
      ANTHROPIC_API_KEY: secret,
      GITLAB_TOKEN: secret,
      SOME_PASSWORD: secret,
      NODE_OPTIONS: `--title=${secret}`,
    }
    expect(await box.smd('start', { env })).toMatchObject({ code: 0 })
    const pid = box.daemonPid()
    const proc = (name: string): string[] =>
      readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0').filter(Boolean)
    expect(proc('cmdline').map((word) => basename(word))).toEqual([
      'node',
      ...daemonFlags,
      'main.ts',
      '--report',
    ])
    const names = proc('environ').map((line) => line.split('=')[0])
    expect(names).toContain('SMD_HOME')
    expect(names).not.toContain('NODE_OPTIONS')
    expect([...proc('environ'), readFileSync(`/proc/${pid}/comm`, 'utf8')].join('\n')).not.toContain(secret)
    expect(readFileSync(box.paths.logFile, 'utf8')).not.toContain(secret)
  })

  it('cannot answer for the daemon from a folder it prepared', async () => {
    const shared = join(box.root, 'shared')
    mkdirSync(join(shared, 'smd'), { recursive: true })
    const socket = join(shared, 'smd', 'smd.sock')
    for (const path of [join(shared, 'smd'), shared]) {
      chownSync(path, STRANGER, STRANGER)
      chmodSync(path, 0o777)
    }
    // Answers whoever comes, and tells what it was told, until it hears "done".
    const impostor = runAsStranger<string>(
      `
        import net from 'node:net'
        import fs from 'node:fs'
        const { socket } = JSON.parse(fs.readFileSync(0, 'utf8'))
        let heard = ''
        const server = net.createServer((client) => {
          client.on('data', (chunk) => {
            heard += chunk
            if (heard.endsWith('done')) process.stdout.write(JSON.stringify(heard), () => process.exit(0))
          })
        })
        server.listen(socket, () => fs.chmodSync(socket, 0o777))
      `,
      { socket },
    )
    const listening = async (): Promise<void> => {
      while (!readdirSync(dirname(socket)).includes('smd.sock') || modeOf(socket) !== 0o777) await wait(10)
    }
    await listening()
    const home = { HOME: box.home, SMD_HOME: undefined, XDG_RUNTIME_DIR: shared }
    for (const command of ['list --json', 'status --json', 'stop --json', 'start --json']) {
      const { code, stdout } = await box.smd(command, { env: home })
      expect({ code, answer: JSON.parse(stdout) }, command).toMatchObject({
        code: 5,
        answer: { error: { slug: 'daemon.unsafe_folder', details: { path: dirname(socket) } } },
      })
    }
    createConnection(socket).end('done')
    expect(await impostor).toBe('done')
  })
})
