/** Who may know whom (docs/architecture.md, "Folders"). */
import { describe, expect, it } from 'vitest'
import { type Import, importsOf, sourceFiles } from './sources.ts'

const imports = sourceFiles('protocol', 'migrations', 'daemon', 'client-cli', 'web').flatMap(importsOf)

/** Protocol files without the validator: what a client may load. */
const clientProtocol = [
  'tag-names',
  'artifact-states',
  'client',
  'deploy-plan',
  'errors',
  'follow-events',
  'framing',
  'health',
  'keep-connected',
  'leftovers',
  'page-addresses',
  'settings',
  'sync-words',
  'version',
  'vocabulary',
]

/** Files of the daemon that the command line may load: what it needs before, or instead of, a daemon. */
const clientDaemon = [
  'daemon/offline.ts',
  'daemon/kernel/config/nearest.ts',
  'daemon/kernel/config/paths.ts',
  'daemon/kernel/fs/private-folder.ts',
  'daemon/kernel/service/process-start.ts',
  'daemon/kernel/service/registration.ts',
  // smd service writes files as safely as the daemon does.
  'daemon/kernel/fs/atomic-write.ts',
  'daemon/kernel/service/start-failures.ts',
  // smd validate works without a daemon, and smd doctor looks where a daemon would.
  'daemon/domains/cache/scan/validate.ts',
  'daemon/kernel/config/file.ts',
  'daemon/kernel/db/open.ts',
  'daemon/kernel/fs/network-fs.ts',
  'daemon/kernel/rpc/socket-path.ts',
  // smd logs and smd support-bundle work without a daemon, too.
  'daemon/kernel/db/describe.ts',
  'daemon/kernel/log/follow-log.ts',
  'daemon/kernel/log/read-log.ts',
  'daemon/kernel/log/redact.ts',
]

/** Packages that only one place may use; everybody else uses that place. */
const packageOwners: Record<string, RegExp> = {
  'better-sqlite3': /^daemon\/kernel\/(db\/|service\/instance-lock\.ts)/,
  croner: /^daemon\/kernel\/scheduler\/slots\.ts$/,
  'json-rpc-2.0': /^daemon\/kernel\/rpc\/(dispatch|encode)\.ts$/,
  '@decimalturn/toml-patch': /^daemon\/kernel\/config\//,
  pino: /^daemon\/kernel\/log\/pino-logger\.ts$/,
  chokidar: /^daemon\/kernel\/watcher\/(create|chokidar)-watcher\.ts$/,
  yazl: /^client-cli\/support\/write-bundle\.ts$/,
  yargs: /^client-cli\/register\.ts$/,
  zod: /^(protocol|daemon)\//,
  ws: /^daemon\/kernel\/http\/web-socket\.ts$/,
  'node:http': /^daemon\/kernel\/(http|net)\//,
  'node:https': /^daemon\/kernel\/net\//,
  'node:child_process':
    /^daemon\/domains\/cache\/peer\.ts|^daemon\/kernel\/(process\/run-process|service\/process-start)\.ts|^client-cli\/(lifecycle\/|commands\/demo\.ts|dev\.ts|launcher\.cjs)/,
}

const broken = (rule: (edge: Import) => boolean): string[] =>
  imports.filter(rule).map(({ from, to, isType }) => `${from} -> ${to}${isType ? ' (type)' : ''}`)

const within = (path: string, ...folders: string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`))

const domainOf = (path: string): string | undefined => /^daemon\/domains\/([^/]+)\//.exec(path)?.[1]

describe('folder dependencies', () => {
  it('finds the imports of the source, so that the rules below say something', () => {
    expect(imports.length).toBeGreaterThan(300)
    expect(imports).toContainEqual({
      from: 'client-cli/entries.ts',
      to: 'daemon/offline.ts',
      isPackage: false,
      isType: false,
    })
    expect(imports).toContainEqual({
      from: 'protocol/methods.ts',
      to: 'zod',
      isPackage: true,
      isType: true,
    })
  })

  it('protocol and migrations know nothing of ours', () => {
    const own = (path: string): boolean => within(path, 'protocol') || path === 'package.json'
    expect(broken((e) => within(e.from, 'protocol') && !e.isPackage && !own(e.to))).toEqual([])
    expect(broken((e) => within(e.from, 'migrations') && !within(e.to, 'migrations'))).toEqual([])
  })

  it('the kernel knows no domain; of the tables it knows the types', () => {
    const known = (e: Import): boolean =>
      within(e.to, 'daemon/kernel', 'protocol', 'migrations') || (e.isType && e.to === 'daemon/tables.ts')
    expect(broken((e) => within(e.from, 'daemon/kernel') && !e.isPackage && !known(e))).toEqual([])
  })

  it('a domain reaches another one through its index only (CACHE-2.1i)', () => {
    const foreign = (e: Import): boolean => {
      const [own, other] = [domainOf(e.from), domainOf(e.to)]
      return own !== undefined && other !== undefined && own !== other
    }
    expect(broken((e) => foreign(e) && !e.to.endsWith('/index.ts'))).toEqual([])
  })

  it('the daemon knows no client', () => {
    expect(broken((e) => within(e.from, 'daemon', 'protocol') && within(e.to, 'client-cli', 'web'))).toEqual(
      [],
    )
  })

  it('clients load nothing of the protocol that loads the validator', () => {
    const allowed = clientProtocol.map((name) => `protocol/${name}.ts`)
    const client = (path: string): boolean => within(path, 'client-cli', 'web')
    expect(
      broken((e) => client(e.from) && within(e.to, 'protocol') && !e.isType && !allowed.includes(e.to)),
    ).toEqual([])
    const loaded = allowed.flatMap(importsOf).filter((e) => !e.isType)
    expect(loaded.filter((e) => !allowed.includes(e.to) && e.to !== 'package.json')).toEqual([])
  })

  it('clients load only a few files of the daemon', () => {
    const client = (path: string): boolean => within(path, 'client-cli', 'web')
    expect(
      broken((e) => client(e.from) && within(e.to, 'daemon') && !e.isType && !clientDaemon.includes(e.to)),
    ).toEqual([])
    for (const file of clientDaemon)
      expect(
        imports.some((e) => e.to === file && client(e.from)),
        file,
      ).toBe(true)
  })

  it.each(Object.entries(packageOwners))('%s has one place', (name, owner) => {
    expect(
      broken((e) => e.isPackage && (e.to === name || e.to.startsWith(`${name}/`)) && !owner.test(e.from)),
    ).toEqual([])
  })

  it('no source loads what belongs to tests', () => {
    expect(broken((e) => within(e.to, 'test', 'docs'))).toEqual([])
    expect(broken((e) => e.isPackage && ['vitest', 'fast-check'].includes(e.to))).toEqual([])
  })
})
