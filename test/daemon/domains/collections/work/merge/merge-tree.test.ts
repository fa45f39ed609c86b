import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { MergeEntry, MergeSide } from '../../../../../../daemon/domains/collections/work/merge/index.ts'
import {
  type MergedFile,
  type MergeOptions,
  mergeTrees,
  type TreeMerge,
} from '../../../../../../daemon/domains/collections/work/merge/index.ts'

const RUNS = Number(process.env.SMD_TEST_TREE_MERGES ?? 60)
const patience = 60_000 + RUNS * 1_000

/** A version of an artifact: content by path; a link as `-> target`, something to run with `!` before its path. */
type Version = Record<string, string>

const sha = (content: string): string => createHash('sha256').update(content).digest('hex')

function sideOf(version: Version): MergeSide {
  const entries = Object.entries(version).map(([name, text]): MergeEntry => {
    const isLink = text.startsWith('-> ')
    const content = isLink ? text.slice(3) : text
    return {
      path: name.replace(/^!/, ''),
      kind: isLink ? 'link' : 'file',
      mode: name.startsWith('!') ? 0o755 : 0o644,
      digest: sha(content),
      sizeBytes: content.length,
    }
  })
  const contents = new Map(Object.values(version).map((text) => [sha(text.replace(/^-> /, '')), text]))
  return { entries, read: async ({ digest }) => Buffer.from(contents.get(digest) as string) }
}

async function merge(
  base: Version | null,
  local: Version,
  remote: Version,
  options?: MergeOptions,
): Promise<TreeMerge & { version: Version | null; file(path: string): MergedFile | undefined }> {
  const sides = { base: base && sideOf(base), local: sideOf(local), remote: sideOf(remote) }
  const merged = await mergeTrees(sides, options)
  const texts = new Map(
    [base ?? {}, local, remote]
      .flatMap((each) => Object.values(each))
      .map((text) => [sha(text.replace(/^-> /, '')), text]),
  )
  const version =
    merged.entries &&
    Object.fromEntries(
      merged.entries.map((entry) => [
        (entry.mode === 0o755 ? '!' : '') + entry.path,
        'content' in entry ? entry.content.toString() : (texts.get(entry.digest) as string),
      ]),
    )
  return { ...merged, version, file: (path) => merged.files.find((file) => file.path === path) }
}

const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join('')
const long = text(...Array.from({ length: 12 }, (_, i) => `line ${i}`))

describe('mergeTrees', () => {
  it('takes what only one side changed, added or deleted, and what both did alike', async () => {
    const { version, files } = await merge(
      { same: 'a', mine: 'a', theirs: 'a', 'gone-here': 'g', 'gone-there': 'h', both: 'a' },
      { same: 'a', mine: 'b', theirs: 'a', 'gone-there': 'h', both: 'c', new: 'n' },
      { same: 'a', mine: 'a', theirs: 'd', 'gone-here': 'g', both: 'c', other: 'o' },
    )
    expect(version).toEqual({ same: 'a', mine: 'b', theirs: 'd', both: 'c', new: 'n', other: 'o' })
    expect(files.map(({ path, status }) => `${path} ${status}`)).toEqual([
      'both both',
      'gone-here local',
      'gone-there remote',
      'mine local',
      'new local',
      'other remote',
      'same unchanged',
      'theirs remote',
    ])
  })

  it('merges lines, and leaves a conflict open until somebody decides', async () => {
    const [base, local, remote] = [
      { f: long, g: 'x\n' },
      { f: long.replace('line 0', 'mine'), g: 'mine\n' },
      { f: long.replace('line 9', 'theirs'), g: 'theirs\n' },
    ]
    const open = await merge(base, local, remote)
    expect(open.entries).toBeNull()
    expect(open.file('f')).toMatchObject({ status: 'merged', conflict: null, isOpen: false })
    expect(open.file('g')).toMatchObject({ status: 'conflict', conflict: 'content', isOpen: true })
    const f = long.replace('line 0', 'mine').replace('line 9', 'theirs')
    const marked = '<<<<<<< LOCAL (current)\nmine\n=======\ntheirs\n>>>>>>> REMOTE (incoming)\n'
    const expected: Array<[MergeOptions, string]> = [
      [{ choices: { g: 'ours' } }, 'mine\n'],
      [{ choices: { g: 'theirs' } }, 'theirs\n'],
      [{ choices: { g: 'base' } }, 'x\n'],
      [{ choices: { g: 'merged' } }, marked],
      [{ conflicts: 'mark' }, marked],
      [{ conflicts: 'ours' }, 'mine\n'],
      [{ conflicts: 'theirs' }, 'theirs\n'],
      [{ conflicts: 'mark', choices: { g: 'theirs' } }, 'theirs\n'],
    ]
    for (const [options, g] of expected)
      expect((await merge(base, local, remote, options)).version).toEqual({ f, g })
    expect((await merge(base, local, remote, { choices: { f: 'ours', g: 'ours' } })).version).toEqual(local)
  })

  it.each<[string, Version | null, Version, Version, string]>([
    ['a change here and a deletion there', { f: 'a' }, { f: 'b' }, {}, 'deletion'],
    ['a deletion here and a change there', { f: 'a' }, {}, { f: 'b' }, 'deletion'],
    ['two new texts', {}, { f: 'a' }, { f: 'b' }, 'add_add'],
    ['two binary files', { f: '\0a' }, { f: '\0b' }, { f: '\0c' }, 'both_modified'],
    ['two new binary files', {}, { f: '\0b' }, { f: '\0c' }, 'add_add'],
    ['a text that became binary', { f: 'a' }, { f: 'b' }, { f: '\0c' }, 'both_modified'],
    ['two links', { f: '-> a' }, { f: '-> b' }, { f: '-> c' }, 'both_modified'],
    ['a link against a text', { f: 'a' }, { f: '-> b' }, { f: 'c' }, 'both_modified'],
    ['two texts, and nothing known of before', null, { f: 'a' }, { f: 'b' }, 'add_add'],
    ['an empty text, and nothing known of before', null, { f: '' }, { f: 'b' }, 'add_add'],
    ['a text here alone, and nothing known of before', null, { f: 'a' }, {}, 'deletion'],
    ['a text there alone, and nothing known of before', null, {}, { f: 'a' }, 'deletion'],
    ['a file moved to two places', { f: long }, { g: long }, { h: long }, 'both_modified'],
    ['a file moved here and deleted there', { f: long }, { g: long }, {}, 'deletion'],
  ])('has a conflict for %s', async (_, base, local, remote, kind) => {
    const { files, entries } = await merge(base, local, remote)
    expect(entries).toBeNull()
    expect(files.map(({ conflict }) => conflict)).toContain(kind)
    for (const [side, version] of [
      ['ours', local],
      ['theirs', remote],
    ] as const) {
      const choices = Object.fromEntries(files.map(({ path }) => [path, side]))
      expect((await merge(base, local, remote, { choices })).version).toEqual(version)
    }
  })

  it('never marks what cannot have markers', async () => {
    const { entries, files } = await merge({ f: '\0a' }, { f: '\0b' }, { f: '\0c' }, { conflicts: 'mark' })
    expect(entries).toBeNull()
    expect(files).toMatchObject([{ isBinary: true, isOpen: true, result: null }])
  })

  it('finds nothing to decide between equal versions, whatever is known of before', async () => {
    for (const base of [null, {}, { f: 'x' }, { g: 'y' }])
      expect((await merge(base, { f: 'a', '!run': 'r' }, { f: 'a', '!run': 'r' })).version).toEqual({
        f: 'a',
        '!run': 'r',
      })
  })

  it('follows a file that was moved here and edited there, as it is or with small changes', async () => {
    const edited = long.replace('line 3', 'theirs')
    expect((await merge({ a: long }, { 'b/a': long }, { a: edited })).version).toEqual({ 'b/a': edited })
    expect((await merge({ a: long }, { a: edited }, { 'b/a': long })).version).toEqual({ 'b/a': edited })
    const both = await merge({ a: long }, { 'b/c': long.replace('line 9', 'mine') }, { a: edited })
    expect(both.version).toEqual({ 'b/c': edited.replace('line 9', 'mine') })
    expect(both.file('b/c')).toMatchObject({ status: 'merged', base: { path: 'a' }, remote: { path: 'a' } })
  })

  it('follows thousands of files that were moved at once', async () => {
    const files = (folder: string): Version =>
      Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`${folder}/${i}`, `file ${i >> 1}\n`]))
    const remote = { ...files('old'), 'old/7': 'edited\n' }
    const { version } = await merge(files('old'), files('new'), remote)
    expect(version).toEqual({ ...files('new'), 'new/7': 'edited\n' })
  })

  it('takes a file that is too different, or one where another is, for a new one', async () => {
    const other = await merge({ a: long }, { b: text('quite', 'another', 'thing') }, { a: `${long}more\n` })
    expect(other.file('a')).toMatchObject({ conflict: 'deletion', isOpen: true })
    const taken = await merge({ a: long }, { b: long }, { a: `${long}more\n`, b: 'new\n' })
    expect(taken.file('b')).toMatchObject({ conflict: 'add_add' })
    expect(taken.file('a')).toMatchObject({ conflict: 'deletion' })
  })

  it('brings permission to run together with a change of the content', async () => {
    const { version } = await merge({ f: long }, { '!f': long }, { f: `${long}more\n` })
    expect(version).toEqual({ '!f': `${long}more\n` })
  })

  it('has a conflict where a file would lie in a file', async () => {
    const base = { f: 'a\n' }
    const [local, remote] = [{ f: 'b\n' }, { 'f/g': 'c\n' }]
    expect((await merge(base, local, remote)).entries).toBeNull()
    const kept = await merge(base, local, remote, { choices: { f: 'ours' } })
    expect(kept.files).toMatchObject([
      { path: 'f', conflict: 'both_modified', isOpen: true },
      { path: 'f/g', conflict: 'both_modified', isOpen: true },
    ])
    expect((await merge(base, local, remote, { choices: { f: 'theirs' } })).version).toEqual(remote)
    expect((await merge(base, local, remote, { choices: { f: 'ours', 'f/g': 'ours' } })).version).toEqual(
      local,
    )
  })

  it('does not merge what is too large by lines', async () => {
    const large = 'x\n'.repeat(2_600_000)
    const { files } = await merge({ f: large }, { f: `a\n${large}` }, { f: `${large}b\n` })
    expect(files).toMatchObject([{ conflict: 'both_modified', isBinary: true }])
  })

  const paths = ['a', 'b', 'c', 'd/e', 'd/f', 'g/h']
  /** Every line is there once, so that it can be told what became of it. */
  function history(seed: readonly Step[], start: Version, name: string): Version {
    const version = { ...start }
    let made = 0
    for (const { kind, at, to, line } of seed) {
      const path = paths[at] as string
      const content = version[path]
      const lines = content?.split(/(?<=\n)/) ?? []
      const own = `${name} ${made++}\n`
      if (kind === 'delete') delete version[path]
      else if (kind === 'move' && content !== undefined) {
        const target = `${paths[to]}-moved`
        if (version[target] === undefined) {
          delete version[path]
          version[target] = content
        }
      } else if (kind === 'insert' && content !== undefined)
        version[path] = lines.toSpliced(line % (lines.length + 1), 0, own).join('')
      else if (kind === 'replace' && lines.length > 0)
        version[path] = lines.toSpliced(line % lines.length, 1, own).join('')
      else if (kind === 'remove' && lines.length > 0)
        version[path] = lines.toSpliced(line % lines.length, 1).join('')
      else if (kind === 'add' && content === undefined) version[path] = own
    }
    return version
  }
  type Step = { kind: string; at: number; to: number; line: number }
  const steps = (kinds: readonly string[]): fc.Arbitrary<Step[]> =>
    fc.array(
      fc.record({
        kind: fc.constantFrom(...kinds),
        at: fc.nat(paths.length - 1),
        to: fc.nat(paths.length - 1),
        line: fc.nat(40),
      }),
      { maxLength: 6 },
    )
  const edits = ['insert', 'replace', 'remove', 'delete', 'add']
  const start: Version = Object.fromEntries(
    ['a', 'b', 'd/e', 'd/f'].map((path) => [
      path,
      text(...Array.from({ length: 14 }, (_, i) => `${path} line ${i}`)),
    ]),
  )
  const linesIn = (versions: ReadonlyArray<Version | null>): Set<string> =>
    new Set(versions.flatMap((version) => Object.values(version ?? {}).flatMap((t) => t.split('\n'))))

  it('loses no line: each is in the result, was taken out by the other side, or is in a conflict', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps([...edits, 'move']),
        steps([...edits, 'move']),
        fc.boolean(),
        async (mine, theirs, hasBase) => {
          const base = hasBase ? start : null
          const [local, remote] = [history(mine, start, 'mine'), history(theirs, start, 'theirs')]
          const marked = await merge(base, local, remote, { conflicts: 'mark' })
          const { entries, files } = marked
          const open = files.filter(({ isOpen }) => isOpen)
          expect(entries === null).toBe(open.length > 0)
          const [before, here, there] = [linesIn([base]), linesIn([local]), linesIn([remote])]
          const kept = new Set(
            (
              await Promise.all(
                files.map(async ({ result }) => {
                  if (!result) return []
                  if ('content' in result) return result.content.toString().split('\n')
                  for (const version of [local, remote, start])
                    for (const t of Object.values(version)) if (sha(t) === result.digest) return t.split('\n')
                  throw new Error('a result that is in no version')
                }),
              )
            ).flat(),
          )
          const inConflict = linesIn(
            open.map((file) => ({
              l: (file.local && local[file.local.path]) ?? '',
              r: (file.remote && remote[file.remote.path]) ?? '',
            })),
          )
          for (const line of new Set([...here, ...there])) {
            const takenOut = before.has(line) && !(here.has(line) && there.has(line))
            if (!kept.has(line) && !takenOut && !inConflict.has(line)) throw new Error(`lost: ${line}`)
          }
        },
      ),
      { numRuns: RUNS * 5 },
    )
  })

  const scratch = mkdtempSync(join(tmpdir(), 'smd-trees-'))
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  it(
    'is equal to a merge of git for random histories, also where files were moved',
    async () => {
      const git = gitIn(scratch)
      const parent = git.commit(start)
      await fc.assert(
        fc.asyncProperty(steps([...edits, 'move']), steps(edits), async (mine, theirs) => {
          const [local, remote] = [history(mine, start, 'mine'), history(theirs, start, 'theirs')]
          const merged = await merge(start, local, remote)
          const expected = git.merge(git.commit(local, parent), git.commit(remote, parent))
          expect(merged.entries !== null).toBe(expected.isClean)
          if (merged.version) expect(git.tree(merged.version)).toBe(expected.tree)
        }),
        { numRuns: RUNS },
      )
    },
    patience,
  )
})

/** A repository that is only used through its objects. */
function gitIn(folder: string): {
  tree(version: Version): string
  commit(version: Version, parent?: string): string
  merge(ours: string, theirs: string): { isClean: boolean; tree: string }
} {
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_DIR: join(folder, 'repository'),
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
    GIT_AUTHOR_DATE: '1700000000 +0000',
    GIT_COMMITTER_DATE: '1700000000 +0000',
  }
  const run = (args: readonly string[], more: NodeJS.ProcessEnv = {}): string =>
    execFileSync('git', args, { env: { ...env, ...more }, encoding: 'utf8' }).trim()
  run(['init', '-q'])
  // Whole folders that seem to have moved are no part of this.
  run(['config', 'merge.directoryRenames', 'false'])
  const tree = (version: Version): string => {
    const work = mkdtempSync(join(folder, 'work-'))
    for (const [path, content] of Object.entries(version)) {
      mkdirSync(dirname(join(work, path)), { recursive: true })
      writeFileSync(join(work, path), content)
    }
    const more = { GIT_WORK_TREE: work, GIT_INDEX_FILE: join(folder, 'index') }
    rmSync(more.GIT_INDEX_FILE, { force: true })
    run(['add', '-A', work], more)
    return run(['write-tree'], more)
  }
  return {
    tree,
    commit: (version, parent) =>
      run(['commit-tree', tree(version), ...(parent ? ['-p', parent] : []), '-m', 'x']),
    merge(ours, theirs) {
      const args = ['merge-tree', '--write-tree', ours, theirs]
      const { status, stdout } = spawnSync('git', args, { env, encoding: 'utf8' })
      return { isClean: status === 0, tree: stdout.split('\n')[0] as string }
    },
  }
}
