import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { coldCommands } from '../../client-cli/commands/cold.ts'
import { hotCommands } from '../../client-cli/commands/hot.ts'
import { referenceFiles } from '../../docs/generate/files.ts'
import { anchor } from '../../docs/generate/markdown.ts'
import { withWarnings } from '../../docs/generate/warnings.ts'
import { errors } from '../../protocol/errors.ts'
import { warnables } from '../../protocol/health.ts'
import { methods } from '../../protocol/methods.ts'
import { settingKeys } from '../../protocol/settings.ts'
import { read, repoFiles, repoRoot } from './sources.ts'

const stored = (name: string): string =>
  existsSync(join(repoRoot, 'docs/reference', name)) ? read(`docs/reference/${name}`) : ''

describe('docs/reference (CACHE-2.4g, CACHE-6.4a)', () => {
  it.each(Object.entries(referenceFiles()))('%s is what the tables say', (name, text) => {
    expect(stored(name) === text, `docs/reference/${name} is out of date. Run: npm run docs`).toBe(true)
  })

  it('has every method, error, setting and command that is not hidden (CACHE-4.4b)', () => {
    const visible = [...hotCommands, ...coldCommands].filter(({ hidden }) => !hidden)
    const expected: Record<string, string[]> = {
      'methods.md': Object.keys(methods).map((name) => `## ${name}\n`),
      'errors.md': Object.keys(errors).map((slug) => `| \`${slug}\` |`),
      'config.md': settingKeys.map((key) => `| \`${key}\``),
      'cli.md': visible.map(({ name }) => `## smd ${name}\n`),
    }
    for (const [file, lines] of Object.entries(expected)) {
      const text = stored(file)
      expect(
        lines.filter((line) => !text.includes(`\n${line}`)),
        file,
      ).toEqual([])
    }
    const hidden = [...hotCommands, ...coldCommands].filter((command) => command.hidden)
    expect(hidden.filter(({ name }) => stored('cli.md').includes(`smd ${name}`))).toEqual([])
  })
})

describe('docs/operations/troubleshooting.md', () => {
  it('has every warning as the table says it (P8)', () => {
    const page = read('docs/operations/troubleshooting.md')
    expect(page === withWarnings(page), 'The table of warnings is out of date. Run: npm run docs').toBe(true)
    for (const name of Object.keys(warnables)) expect(page).toContain(`\n| \`${name}\` |`)
  })
})

const pages = repoFiles().filter((file) => file.endsWith('.md'))
/** Notes for the next release are pieces of one page, not pages. */
const documents = pages.filter((file) => file.startsWith('docs/') && !file.startsWith('docs/changes/'))
const headingsOf = (file: string): string[] =>
  [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading))

describe('the documents (CACHE-6.4d)', () => {
  it.each(documents)('%s has a title and a description', (file) => {
    const head = /^---\n([\s\S]*?)\n---\n/.exec(read(file))?.[1]
    expect(parse(head ?? '')).toEqual({
      title: expect.stringMatching(/\S/),
      description: expect.stringMatching(/\.$/),
    })
  })

  it.each(pages)('%s links to files and headings that exist', (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map(([, link = '']) => link)
    for (const link of links) {
      const [path = '', heading] = link.split('#')
      const target = path === '' ? file : join(dirname(file), path)
      expect(existsSync(join(repoRoot, target)), `${file} -> ${link}`).toBe(true)
      if (heading !== undefined) expect(headingsOf(target), `${file} -> ${link}`).toContain(heading)
    }
  })

  it('are all reachable from the index of docs', () => {
    const listed = read('docs/README.md')
    const own = documents.filter((file) => file !== 'docs/README.md')
    expect(own.filter((file) => !listed.includes(`(${file.slice('docs/'.length)})`))).toEqual([])
  })

  it('show only commands that exist', () => {
    const commands = [...hotCommands, ...coldCommands].map(({ name }) => name)
    const groups = commands.map((name) => name.split(' ')[0])
    const prose = pages.filter((file) => !file.startsWith('docs/reference/'))
    const shown = prose.flatMap((file) =>
      [...read(file).matchAll(/(?:^\$ |`)smd ([a-z][a-z-]*)/gm)].map(([, word]) => ({ file, word })),
    )
    expect(shown.length).toBeGreaterThan(20)
    expect(shown.filter(({ word }) => !groups.includes(word))).toEqual([])
  })
})

describe('the README', () => {
  it('has the test command that CI runs', () => {
    const command = read('.ci/run').trimEnd().split('\n').at(-1)
    expect(read('README.md')).toContain(`\n\`\`\`sh\n${command}\n\`\`\`\n`)
  })
})
