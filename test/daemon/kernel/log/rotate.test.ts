import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logFiles, RotatingFile } from '../../../../daemon/kernel/log/rotate.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
const newPath = (): string => join(makeHome().home, 'smd.log')

/** What is in the files of the log, oldest line first. */
const linesOf = (path: string, files = 5): string[] =>
  logFiles(path, files)
    .toReversed()
    .flatMap((file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []))

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `${from + i}`)

const replace = (path: string): void => {
  writeFileSync(`${path}.new`, '', { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

describe('RotatingFile (P6)', () => {
  it('begins a new file when the next line would not fit, and keeps as many as it may', () => {
    const path = newPath()
    const file = new RotatingFile(path, { maxBytes: 100, files: 3 })
    for (let i = 0; i < 50; i++) file.write(`${`${i}`.padStart(9, '.')}\n`)
    file.close()
    expect(readdirSync(join(path, '..')).toSorted()).toEqual(['smd.log', 'smd.log.1', 'smd.log.2'])
    for (const name of logFiles(path, 3)) expect(statSync(name).size).toBeLessThanOrEqual(100)
    expect(linesOf(path, 3).map((line) => line.replaceAll('.', ''))).toEqual(numbers(20, 50))
  })

  it('loses and cuts no line, whatever their lengths (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 60, unit: 'binary' }), { maxLength: 80 }),
        fc.integer({ min: 1, max: 200 }),
        (texts, maxBytes) => {
          const path = newPath()
          const file = new RotatingFile(path, { maxBytes, files: 200 })
          const lines = texts.map((text) => JSON.stringify(text.toWellFormed()))
          for (const line of lines) file.write(`${line}\n`)
          file.close()
          expect(linesOf(path, 200)).toEqual(lines)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('writes a line that is longer than a file may be into one of its own', () => {
    const path = newPath()
    const file = new RotatingFile(path, { maxBytes: 10 })
    const long = 'x'.repeat(1_000)
    for (const line of ['a', long, 'b']) file.write(`${line}\n`)
    file.close()
    expect(logFiles(path, 3).map((name) => readFileSync(name, 'utf8'))).toEqual(['b\n', `${long}\n`, 'a\n'])
  })

  it.each([
    ['deleted', (path: string) => rmSync(path)],
    ['moved away', (path: string) => renameSync(path, `${path}.old`)],
    ['replaced', replace],
  ])('goes on in a new file of mode 0600 when the file was %s', (_, disturb) => {
    const path = newPath()
    const file = new RotatingFile(path)
    file.write('before\n')
    disturb(path)
    file.write('after\n')
    file.close()
    expect(readFileSync(path, 'utf8')).toBe('after\n')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('fills the gap that a process leaves which ends between two renames, and loses nothing', () => {
    const path = newPath()
    const names = logFiles(path)
    // It ended after `.1` became `.2` and before the current file became `.1`.
    writeFileSync(path, 'c\n')
    writeFileSync(names[2] as string, 'b\n')
    writeFileSync(names[3] as string, 'a\n')
    const file = new RotatingFile(path, { maxBytes: 2 })
    file.write('d\n')
    file.close()
    expect(names.map((name) => (existsSync(name) ? readFileSync(name, 'utf8') : null))).toEqual([
      'd\n',
      'c\n',
      'b\n',
      'a\n',
      null,
    ])
  })

  it('ends a line that another process left half written', () => {
    const path = newPath()
    appendFileSync(path, 'whole\nha')
    const file = new RotatingFile(path)
    file.write('next\n')
    file.close()
    expect(readFileSync(path, 'utf8')).toBe('whole\nha\nnext\n')
  })

  it.runIf(process.platform === 'linux')('reports a full disk and leaves no part of a line', () => {
    expect(() => new RotatingFile('/dev/full').write('x\n')).toThrow('ENOSPC')
  })

  it('loses no acknowledged line when its process is killed while it rotates', async () => {
    const path = newPath()
    const writer = fileURLToPath(new URL('../../../support/log-writer.ts', import.meta.url))
    // Small files, so that it rotates every few lines; more of them than it can fill.
    const child = spawn(process.execPath, [writer, path, '200', '2000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let acknowledged = ''
    child.stdout.on('data', (chunk: Buffer) => {
      acknowledged += chunk.toString('utf8')
      if (acknowledged.length > 20_000) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const last = Number(acknowledged.slice(0, acknowledged.lastIndexOf('\n')).split('\n').at(-1))
    expect(last).toBeGreaterThan(1_000)
    const file = new RotatingFile(path, { maxBytes: 200, files: 2_000 })
    file.write('end\n')
    file.close()
    const lines = linesOf(path, 2_000)
    expect(lines.at(-1)).toBe('end')
    expect(lines.slice(0, last + 1)).toEqual(numbers(0, last + 1))
  })
})
