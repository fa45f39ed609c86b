import { describe, expect, it } from 'vitest'
import { createIo } from '../../client-cli/io.ts'
import { SmdError } from '../../protocol/errors.ts'
import { type FakeTerminal, fakeTerminal } from '../support/fake-terminal.ts'

const ioOf = (terminal: FakeTerminal, json = false) =>
  createIo(terminal.process, { json, env: terminal.process.env })

describe('createIo', () => {
  it('puts data on stdout and remarks on stderr', () => {
    const terminal = fakeTerminal()
    const io = ioOf(terminal)
    io.line('data')
    io.note('remark')
    io.fail(new SmdError('artifact.not_found', { name: 'x' }))
    expect(terminal.stdout()).toBe('data\n')
    expect(terminal.stderr()).toBe('remark\nNo artifact matches "x".\nLook for it with: smd search x\n')
  })

  it('prints one JSON object and nothing else with --json, times as ISO 8601', async () => {
    const terminal = fakeTerminal()
    const io = ioOf(terminal, true)
    io.line('data')
    io.note('remark')
    await io.table([{ a: 1 }], [{ title: 'A', text: () => '1' }])
    io.progress('Reading').update(1, 2)
    io.value({ items: [{ updatedAt: 0, nullAt: null, sizeBytes: 5 }] })
    expect(terminal.stdout()).toBe(
      '{"schema":1,"items":[{"updatedAt":"1970-01-01T00:00:00.000Z","nullAt":null,"sizeBytes":5}]}\n',
    )
    expect(terminal.stderr()).toBe('')
  })

  it('prints a failure as JSON on stdout with --json', () => {
    const terminal = fakeTerminal()
    ioOf(terminal, true).fail(new SmdError('project.not_found', { project: 'x' }))
    expect(JSON.parse(terminal.stdout())).toEqual({
      schema: 1,
      error: {
        slug: 'project.not_found',
        message: 'No project matches "x".',
        hint: 'List the projects with: smd projects list',
        details: { project: 'x' },
      },
    })
  })

  it.each<[string, boolean, NodeJS.ProcessEnv, boolean]>([
    ['on a terminal', true, {}, true],
    ['into a pipe', false, {}, false],
    ['with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['on a dumb terminal', true, { TERM: 'dumb' }, false],
    ['into a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
    ['with both', true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('colours %s: %s', (_, tty, env, expected) => {
    expect(ioOf(fakeTerminal({ tty, env })).paint('red', 'x')).toBe(expected ? '\u001b[31mx\u001b[0m' : 'x')
  })

  it('knows how wide a line may be', () => {
    expect(ioOf(fakeTerminal({ tty: true, columns: 42 })).columns).toBe(42)
    expect(ioOf(fakeTerminal({ env: { COLUMNS: '70' } })).columns).toBe(70)
    expect(ioOf(fakeTerminal()).columns).toBe(Number.POSITIVE_INFINITY)
  })

  it('takes what would steer the terminal out of foreign text, and leaves its own colours', () => {
    const hostile = 'a\u001b]0;title\u0007b\u001b[2Jc\u202ed\re\nf'
    const pipe = fakeTerminal()
    ioOf(pipe).line(hostile)
    expect(pipe.stdout()).toBe('a]0;titleb[2Jcde\nf\n')
    const screen = fakeTerminal({ tty: true })
    const io = ioOf(screen)
    io.line(`${io.paint('bold', 'name')} ${hostile}`)
    expect(screen.stdout()).toBe('\u001b[1mname\u001b[0m a]0;titleb[2Jcde\nf\n')
  })

  it.each([
    ['y', true],
    ['YES', true],
    [' yes ', true],
    ['n', false],
    ['', false],
    ['yeah', false],
  ])('asks on a terminal: %j is %s', async (typed, expected) => {
    const terminal = fakeTerminal({ tty: true })
    const answer = ioOf(terminal).confirm('Sure?')
    terminal.type(typed)
    expect(await answer).toBe(expected)
    expect(terminal.stderr()).toContain('Sure? [y/N] ')
    expect(terminal.stdout()).toBe('')
  })

  it('cannot ask without a terminal or with --json', async () => {
    expect(await ioOf(fakeTerminal()).confirm('Sure?')).toBeNull()
    expect(await ioOf(fakeTerminal({ tty: true }), true).confirm('Sure?')).toBeNull()
  })

  it('takes the end of the input for a no', async () => {
    const terminal = fakeTerminal({ tty: true })
    const answer = ioOf(terminal).confirm('Sure?')
    ;(terminal.process.stdin as unknown as { end(): void }).end()
    expect(await answer).toBe(false)
  })

  it('draws a bar on a terminal and clears it', () => {
    const terminal = fakeTerminal({ tty: true })
    const bar = ioOf(terminal).progress('Reading')
    expect(bar.visible).toBe(true)
    bar.update(0, 0)
    bar.update(12, 24)
    bar.end()
    expect(terminal.stderr()).toBe(
      `\r\u001b[KReading …\r\u001b[KReading ${'█'.repeat(12)}${'░'.repeat(12)} 12/24\r\u001b[K`,
    )
    expect(ioOf(fakeTerminal()).progress('Reading').visible).toBe(false)
  })
})
