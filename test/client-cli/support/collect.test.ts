import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BundlePart, collectBundle } from '../../../client-cli/support/collect.ts'
import { openForWriting } from '../../../daemon/kernel/db/open.ts'
import { useMachine } from '../doctor/machine.ts'

describe('collectBundle (P9)', () => {
  const here = useMachine()
  const textOf = (parts: readonly BundlePart[], name: string): string =>
    parts.find((part) => part.name === name)?.text ?? ''
  const json = (parts: readonly BundlePart[], name: string) => JSON.parse(textOf(parts, name))

  it('has its parts, whatever is there, by name', async () => {
    const parts = await collectBundle(here.machine)
    expect(parts.map(({ name }) => name)).toEqual([
      'cache-status.json',
      'config.json',
      'database.json',
      'doctor.json',
      'environment.json',
      'log.ndjson',
      'metrics.txt',
      'paths.json',
      'registration.json',
      'status.json',
      'versions.json',
    ])
    expect(json(parts, 'status.json')).toEqual({ notFound: 'The daemon is not running: nobody answers.' })
    expect(json(parts, 'database.json').notFound).toMatch(/there is no ~\/smd\/data\/cache\.db/)
    expect(json(parts, 'versions.json')).toMatchObject({
      smd: expect.any(String),
      node: process.versions.node,
    })
    expect(json(parts, 'doctor.json').items.length).toBeGreaterThan(10)
  })

  it('counts rows and names migrations, and has none of the rows', async () => {
    openForWriting(here.machine.paths.cacheDb).close()
    const { migrations, tables } = json(await collectBundle(here.machine), 'database.json')
    expect(migrations[0]).toEqual({ version: 1, name: 'cache', applied: true })
    expect(tables).toContainEqual({ name: 'projects', rows: 0 })
    for (const table of tables) expect(Object.keys(table)).toEqual(['name', 'rows'])
  })

  it('writes the home folder as ~', async () => {
    const parts = await collectBundle(here.machine)
    expect(json(parts, 'paths.json').socket.path).toBe('~/smd/run/smd.sock')
    for (const { text } of parts) expect(text).not.toContain(here.machine.home)
  })

  it('has settings with their origin, and of what it does not know the place only', async () => {
    writeFileSync(
      here.machine.paths.configFile,
      '[cache]\nttl_minutes = 5\nmax_size_mb = "canary-value"\ncanary_key = "canary-secret"\n\n[agents.mine]\nskills = ["canary-folder"]\n',
    )
    const parts = await collectBundle(here.machine)
    const config = json(parts, 'config.json')
    const setting = (key: string) => config.settings.find((each: { key: string }) => each.key === key)
    expect(setting('cache.ttl_minutes')).toMatchObject({ value: 5, from: { from: 'file', line: 2 } })
    expect(setting('agents').value).toEqual({ mine: { skills: '1 items' } })
    expect(config.unknownKeys).toEqual([{ line: 4, key: 'cache.canary_key' }])
    expect(config.problems).toEqual([
      { line: 3, key: 'cache.max_size_mb', expected: 'a whole number from 10 to 1048576' },
    ])
    expect(textOf(parts, 'config.json')).not.toMatch(/canary-(value|secret|folder)/)
  })

  const canary = fc
    .string({
      unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGH23456789'),
      minLength: 24,
      maxLength: 40,
    })
    .filter((text) => /\d.*\d/.test(text) && /[a-zA-Z].*[a-zA-Z]/.test(text))

  it('holds no secret of configuration, log, environment or registration (property)', async () => {
    const { paths } = here.machine
    await fc.assert(
      fc.asyncProperty(canary, async (secret) => {
        writeFileSync(
          paths.configFile,
          `# token = "${secret}"\n[cache]\napi_key = "${secret}"\nttl_minutes = "${secret}"\n[agents.a]\nkey = "${secret}"\n[discovery]\nskip = ["${secret}"]\n`,
        )
        appendFileSync(
          paths.logFile,
          `${[
            JSON.stringify({
              level: 'info',
              time: 1,
              message: `GET https://me:${secret}@host/`,
              token: secret,
            }),
            JSON.stringify({
              level: 'error',
              time: 1,
              message: 'x',
              env: { A: secret },
              error: `Bearer ${secret}`,
            }),
            `Error: spawn server --api-key ${secret} ENOENT`,
          ].join('\n')}\n`,
        )
        writeFileSync(
          paths.registrationFile,
          JSON.stringify({ pid: 1, password: secret, url: `http://u:${secret}@h/` }),
        )
        const env = {
          ...here.machine.env,
          OPENAI_API_KEY: secret,
          SMD_PRIVATE: secret,
          SMD_LOG_LEVEL: secret,
          XDG_DATA_HOME: `/data?token=${secret}`,
        }
        const parts = await collectBundle({ ...here.machine, env })
        for (const { name, text } of parts) expect(text.includes(secret), name).toBe(false)
        expect(json(parts, 'environment.json').otherNames).toEqual(['SMD_PRIVATE'])
      }),
      { numRuns: 15 },
    )
  })

  it('never looks into projects', async () => {
    const file = join(here.machine.home, 'projects/shop/.mcp.json')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '{"mcpServers":{"canary-server":{"command":"npx","env":{"KEY":"canary-value"}}}}')
    const parts = await collectBundle(here.machine)
    expect(parts.map(({ text }) => text).join()).not.toMatch(/canary-(server|value)/)
  })
})
