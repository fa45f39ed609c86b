import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  corpusFolder,
  corpusPath,
  listAgentFiles,
  listCommandFiles,
  listHookFiles,
  listMcpFiles,
  listPluginFolders,
  listSkillFiles,
} from '../support/corpus.ts'

describe('the corpus of real files', () => {
  it('names what is missing and where it was looked for', () => {
    expect(() => corpusPath('davila7-templates', 'no-such-folder')).toThrow(
      `davila7-templates/no-such-folder is not in ${corpusFolder}`,
    )
  })

  it.each([
    ['skills', listSkillFiles, 1000],
    ['agents', listAgentFiles, 700],
    ['commands', listCommandFiles, 400],
    ['MCP servers', listMcpFiles, 400],
    ['hooks', listHookFiles, 60],
  ])('lists the files of %s, each once, in the same order every time', (_, list, atLeast) => {
    const files = list()
    expect(files.length).toBeGreaterThan(atLeast)
    expect(new Set(files).size).toBe(files.length)
    expect(list()).toEqual(files)
    expect(files.every((file) => path.isAbsolute(file) && existsSync(file))).toBe(true)
  })

  it('keeps the parts apart', () => {
    const files = listMcpFiles('mcpm')
    expect(files.length).toBeGreaterThan(300)
    expect(files.every((file) => file.includes('mcpm-servers'))).toBe(true)
  })

  it('lists the plugin folders of a marketplace', () => {
    const names = listPluginFolders('official').map((folder) => path.basename(folder))
    expect(names).toContain('plugin-dev')
    expect(names).toContain('playwright')
  })
})
