/** smd support-bundle with a real daemon, and secrets wherever a user may have some (P9). */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { unzip } from '../support/unzip.ts'

let box: Sandbox
beforeEach(() => {
  box = createSandbox()
})
afterEach(() => box.dispose())

/** One for each place, so that a leak says where it came from. */
const canary = (place: string): string => `sk-live-canary${place}0a1b2c3d4e5f6g7h8i9j`

describe('smd support-bundle', () => {
  it('shows what it will contain, writes one private file, and holds no secret', async () => {
    const project = join(box.home, 'projects/webshop')
    const server = {
      command: `npx server --token ${canary('command')}`,
      args: ['--api-key', canary('argument')],
      env: { API_KEY: canary('serverenv') },
      headers: { Authorization: `Bearer ${canary('header')}` },
      url: `https://me:${canary('url')}@example.com/mcp?key=${canary('query')}`,
    }
    writeFileSync(join(project, '.mcp.json'), JSON.stringify({ mcpServers: { shop: server } }))
    writeFileSync(join(project, 'CLAUDE.md'), `Use ${canary('memory')} to deploy.\n`)
    mkdirSync(dirname(box.paths.configFile), { recursive: true, mode: 0o700 })
    writeFileSync(
      box.paths.configFile,
      `# ${canary('comment')}\nmy_token = "${canary('config')}"\n[log]\nlevel = "debug"\n`,
    )
    const env = {
      OPENAI_API_KEY: canary('environment'),
      SMD_SECRET: canary('variable'),
      SMD_SCAN_WORKERS: canary('setting'),
    }
    await box.smd('start', { env })
    await box.smd(['search', canary('search')], { env })
    await box.smd(['show', canary('show')], { env })
    await box.smd(['config', 'set', 'cache.ttl_minutes', canary('value')], { env })

    const output = join(box.root, 'out.zip')
    const { code, stdout, stderr } = await box.smd(['support-bundle', '--yes', '--output', output], { env })
    expect(code).toBe(0)
    expect(stdout).toBe(`${output}\n`)
    expect(statSync(output).mode & 0o777).toBe(0o600)
    const files = await unzip(readFileSync(output))
    expect(files.map(({ name }) => name)).toEqual(files.map(({ name }) => name).toSorted())
    for (const { name } of files) expect(stderr).toContain(`  ${name.replace('smd-support/', '')} `)
    for (const { name, text } of files) expect(/canary\w*/.exec(text)?.[0], name).toBeUndefined()
    // What makes it useful is there all the same.
    const textOf = (name: string): string =>
      files.find((file) => file.name === `smd-support/${name}`)?.text ?? ''
    expect(JSON.parse(textOf('status.json'))).toMatchObject({ pid: box.daemonPid(), projects: 5 })
    expect(textOf('log.ndjson')).toContain('"method":"artifacts.search"')
    expect(textOf('metrics.txt')).toContain('smd_requests_total{method="artifacts.search"} ')
    expect(JSON.parse(textOf('registration.json'))).toMatchObject({ pid: box.daemonPid() })
    // The log on the disk holds none either.
    for (const name of readdirSync(box.paths.stateDir).filter((each) => each.startsWith('smd.log'))) {
      expect(readFileSync(join(box.paths.stateDir, name), 'utf8')).not.toContain('canary')
    }
  })

  it('asks first, and writes nothing without a yes', async () => {
    const refused = await box.smd('support-bundle --output out.zip')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('Writing a support bundle needs a yes, and there is nobody to ask.')
    const declined = await box.smd('support-bundle --output out.zip', { keyboard: 'n\n' })
    expect(declined.code).toBe(1)
    expect(declined.stdout).toContain('Nothing was written.')
    expect(readdirSync(box.root)).not.toContain('out.zip')
    const agreed = await box.smd('support-bundle --output out.zip', { keyboard: 'y\n' })
    expect(agreed.code).toBe(0)
    expect(readdirSync(box.root)).toContain('out.zip')
    expect(box.daemonPid()).toBeNull()
  })

  it('answers as JSON, under a name with the time, and replaces no file', async () => {
    const answer = await box.json('support-bundle --yes')
    expect(answer).toMatchObject({
      schema: 1,
      path: expect.stringMatching(/\/smd-support-\d{8}T\d{6}Z\.zip$/),
      total: 11,
    })
    expect(dirname(answer.path as string)).toBe(box.root)
    const again = ['support-bundle', '--yes', '--output', answer.path as string]
    expect(await box.json(again)).toMatchObject({ error: { slug: 'cli.output_unwritable' } })
  })
})
