import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { diffCommand } from '../../../client-cli/commands/diff.ts'
import { patchLines } from '../../../client-cli/format/unified-diff.ts'
import { textHunks } from '../../../daemon/domains/cache/diff/text-hunks.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { type Answers, runWithFakeClient } from '../../support/fake-client.ts'

type Diff = ResultOf<'artifacts.diff'>

const id = 'art_00000000000000aa'
const shown = { id, name: 'review', type: 'skill' } as ResultOf<'artifacts.show'>

const changed: Diff = {
  left: { label: '/home/me/web/.claude/skills/review', version: '1.0.0' },
  right: { label: 'github:o/r/skills/review', version: '1.1.0' },
  files: [
    {
      path: 'SKILL.md',
      status: 'changed',
      hunks: [
        {
          leftStart: 1,
          leftLines: 2,
          rightStart: 1,
          rightLines: 2,
          lines: [' one', '-two\r', '+\u001b[2Jthree'],
        },
      ],
    },
    { path: 'logo.png', status: 'changed', hunks: null },
    { path: 'run.sh', status: 'changed', hunks: [] },
  ],
  same: 4,
}
const equal: Diff = { ...changed, files: [] }

const run = (
  args: Partial<Parameters<typeof diffCommand.run>[1]>,
  answer: Diff,
  options: { json?: boolean; tty?: boolean } = {},
  more: Answers = {},
) =>
  runWithFakeClient(
    diffCommand,
    { name: 'review', ...args },
    { 'artifacts.show': shown, 'artifacts.diff': answer, ...more },
    options,
  )

describe('smd diff', () => {
  it('prints a patch on stdout, byte for byte, and what else is to be known on stderr', async () => {
    const { terminal, done } = run({}, changed)
    expect(await done).toBe(0)
    expect(terminal.stdout()).toBe(
      [
        'diff --git a/SKILL.md b/SKILL.md',
        '--- a/SKILL.md',
        '+++ b/SKILL.md',
        '@@ -1,2 +1,2 @@',
        ' one',
        '-two\r',
        '+\u001b[2Jthree',
        'diff --git a/logo.png b/logo.png',
        'Binary files a/logo.png and b/logo.png differ',
        '',
      ].join('\n'),
    )
    expect(terminal.stderr()).toMatchInlineSnapshot(`
      "From /home/me/web/.claude/skills/review (1.0.0)
      to github:o/r/skills/review (1.1.0):
      run.sh: only its permission to run differs.
      1 file without lines: no text, or too long.
      3 files differ, 4 files the same.
      "
    `)
  })

  it('colours a terminal, and lets nothing in the files drive it', async () => {
    const { terminal, done } = run({}, changed, { tty: true })
    await done
    expect(terminal.stdout()).toContain('\u001b[36m@@ -1,2 +1,2 @@\u001b[0m\n one\n\u001b[31m-two\u001b[0m\n')
    expect(terminal.stdout()).toContain('\u001b[32m+[2Jthree\u001b[0m\n')
  })

  it('says so when nothing differs; only --exit-code makes a difference an exit code', async () => {
    const nothing = run({ 'exit-code': true }, equal)
    expect(await nothing.done).toBe(0)
    expect([nothing.terminal.stdout(), nothing.terminal.stderr()]).toMatchInlineSnapshot(`
      [
        "",
        "No difference to github:o/r/skills/review (1.1.0); 4 files compared.
      ",
      ]
    `)
    expect(await run({}, changed).done).toBe(0)
    expect(await run({ 'exit-code': true }, changed).done).toBe(10)
  })

  it('compares with the artifact of the same name in another project, or with any by its id', async () => {
    const other = 'art_00000000000000bb'
    const show = ({ project }: { project?: string | undefined }) =>
      ({ ...shown, id: project === '/home/api' ? other : id }) as ResultOf<'artifacts.show'>
    const byProject = run({ project: 'web', against: '../api' }, changed, {}, { 'artifacts.show': show })
    await byProject.done
    expect(byProject.calls).toEqual([
      ['artifacts.show', { name: 'review', project: 'web' }],
      ['artifacts.show', { name: 'review', type: 'skill', project: '/home/api' }],
      ['artifacts.diff', { id, against: other }],
    ])
    const byId = run({ against: other }, changed)
    await byId.done
    expect(byId.calls.at(-1)).toEqual(['artifacts.diff', { id, against: other }])
  })

  it('asks for as many lines around, and without what is to be ignored', async () => {
    const { calls, done } = run({ context: 0, ignore: ['*.log', 'build'] }, changed)
    await done
    expect(calls.at(-1)).toEqual(['artifacts.diff', { id, context: 0, ignore: ['*.log', 'build'] }])
  })

  it('prints one object with --json', async () => {
    const { terminal, done } = run({}, changed, { json: true })
    await done
    expect(JSON.parse(terminal.stdout())).toEqual({
      schema: 1,
      id,
      name: 'review',
      type: 'skill',
      ...changed,
    })
    expect(terminal.stderr()).toBe('')
  })
})

describe('a patch', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'smd-patch-'))
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  const content = fc
    .array(fc.constantFrom('a\n', 'b\n', '\n', 'c\r\n', '-\n', '+++ b/x\n', '@@ -1 +1 @@\n'), {
      maxLength: 12,
    })
    .chain((lines) => fc.constantFrom('', 'end').map((tail) => lines.join('') + tail))
  const name = fc.constantFrom(
    'SKILL.md',
    'with space.md',
    'quo"te.md',
    'tab\there.md',
    'ünïcode.md',
    'back\\slash',
  )
  const file = fc.record({ name, left: fc.option(content), right: fc.option(content) })

  it.each([
    ['git apply', 'git', ['apply', '-p1', '--whitespace=nowarn', '--allow-empty']],
    ['patch', 'patch', ['-p1', '--binary', '--no-backup-if-mismatch', '--batch', '--quiet']],
  ])('is carried out by %s as told: content, new files and removed ones', (_, program, args) => {
    fc.assert(
      fc.property(fc.uniqueArray(file, { selector: (each) => each.name, maxLength: 4 }), (files) => {
        const dir = mkdtempSync(join(scratch, 'tree-'))
        for (const { name: path, left } of files) if (left !== null) writeFileSync(join(dir, path), left)
        const patch = files
          .filter(({ left, right }) => left !== right)
          .flatMap(({ name: path, left, right }) =>
            patchLines({
              path,
              status: left === null ? 'added' : right === null ? 'removed' : 'changed',
              hunks: textHunks(left ?? '', right ?? '', 60_000),
            }),
          )
        const input = patch.map(({ text }) => `${text}\n`).join('')
        if (input !== '') execFileSync(program, args, { cwd: dir, input, stdio: ['pipe', 'pipe', 'pipe'] })
        const now = Object.fromEntries(
          readdirSync(dir).map((path) => [path, readFileSync(join(dir, path), 'utf8')]),
        )
        const wanted = files.flatMap(({ name: path, right }) => (right === null ? [] : [[path, right]]))
        expect(now).toEqual(Object.fromEntries(wanted))
      }),
      { numRuns: 60 },
    )
  })
})
