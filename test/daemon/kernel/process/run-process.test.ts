import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type RunOptions, runProcess } from '../../../../daemon/kernel/process/run-process.ts'
import { processStart } from '../../../../daemon/kernel/service/process-start.ts'

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'smd-run-')))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  cwd,
  env: {},
  timeoutMs: 30_000,
  maxBytes: 1_000_000,
  signal: new AbortController().signal,
  ...more,
})
const run = (script: string, more?: Partial<RunOptions>, ...args: string[]) =>
  runProcess(process.execPath, ['-e', script, ...args], options(more))

/** Resolves once the file has content. */
async function written(file: string): Promise<void> {
  for await (const _ of watch(cwd)) if (existsSync(file) && readFileSync(file).length > 0) return
}

describe('runProcess', () => {
  it('returns output, errors and status', async () => {
    const script = `process.stdout.write(process.cwd()); process.stderr.write('oh'); process.exitCode = 3`
    expect(await run(script)).toEqual({ status: 3, stdout: Buffer.from(cwd), stderr: 'oh' })
  })

  it('hands over the environment and nothing else, and arguments as they are (S11)', async () => {
    const strange = ['$(id)', '; id', '`id`', '"\'', '*', '']
    const script = 'console.log(JSON.stringify([Object.keys(process.env), process.argv.slice(1)]))'
    const { stdout } = await run(script, { env: { ONLY: '1' } }, ...strange)
    const [names, args] = JSON.parse(stdout.toString())
    expect(args).toEqual(strange)
    // macOS adds one of its own.
    expect(names.filter((name: string) => name !== '__CF_USER_TEXT_ENCODING')).toEqual(['ONLY'])
  })

  it('writes the input', async () => {
    const { stdout } = await run('process.stdin.pipe(process.stdout)', { input: 'a\nb' })
    expect(stdout.toString()).toBe('a\nb')
  })

  it('says that a program is missing', async () => {
    const missing = runProcess('smd-no-such-program', [], options())
    await expect(missing).rejects.toMatchObject({ name: 'RunError', kind: 'missing' })
  })

  it('ends one that writes too much', async () => {
    const script = `for (;;) require('fs').writeSync(1, 'x'.repeat(1000))`
    await expect(run(script, { maxBytes: 10_000 })).rejects.toMatchObject({ kind: 'too_large' })
  })

  it('keeps the beginning of endless errors', async () => {
    const { stderr, stdout } = await run(
      `process.stderr.write('e'.repeat(1e6)); process.stdout.write('done')`,
    )
    expect(stdout.toString()).toBe('done')
    expect(stderr.length).toBeLessThan(100_000)
  })

  it('ends one that takes too long, and the helper it has started', async () => {
    // The helper says in a file who it is, and holds the output open: only its end ends the run.
    const file = join(cwd, 'helper.pid')
    const helper = `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`
    const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(helper)}], { stdio: 'inherit' })
      setInterval(() => {}, 1000)`
    const started = written(file)
    const after = (_: number, ring: () => void): (() => void) => {
      void started.then(ring)
      return () => undefined
    }
    await expect(run(script, { after })).rejects.toMatchObject({ kind: 'timeout' })
    const pid = Number(readFileSync(file, 'utf8'))
    expect(pid).toBeGreaterThan(0)
    expect(processStart(pid)).toBeNull()
  })

  it('ends it when nobody wants it any more', async () => {
    const controller = new AbortController()
    const reason = new Error('nobody waits')
    const running = run('setInterval(() => {}, 1000)', { signal: controller.signal })
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    await expect(run('', { signal: controller.signal })).rejects.toBe(reason)
  })
})
