/**
 * `smd validate`: judges artifacts on disk by a profile's rules, all mistakes at once.
 * Reads the files given and nothing else; knows no cache.
 */
import { readFileSync, readlinkSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { SmdError } from '../../../../protocol/errors.ts'
import { reasonOf } from './config-file.ts'
import { diagnose } from './diagnostics.ts'
import { decodeText } from './frontmatter.ts'
import type { Diagnostic } from './types.ts'
import { checkConfigFile } from './validate-config.ts'
import { checkMarkdown, type KeyedDiagnostic } from './validate-markdown.ts'
import { configTypeOf, findTargets, markdownType, skillFile, type ValidatedType } from './validate-walk.ts'
import { type Finding, report, type ValidationProfile } from './validation-report.ts'

export type { ValidatedType } from './validate-walk.ts'
export type { Finding, FindingLine, ValidationProfile } from './validation-report.ts'

export type ValidationOptions = {
  /** Names of the environment variables that are set; absent: nothing is said about unset ones. */
  variableNames?: readonly string[] | undefined
}

/** No hand-written artifact is larger; beyond it a file is reported, not read. In bytes. */
const maxBytes = 4 * 1024 * 1024

/**
 * Validates whatever is at `absPath`: a skill's folder or SKILL.md, a command or agent, a settings, hook or server
 * file, or everything below any other folder. The order is that of the walk.
 * Errors: `validate.path_not_found`.
 */
export function validatePath(
  absPath: string,
  profile: ValidationProfile,
  options: ValidationOptions = {},
): Finding[] {
  const stats = statOf(absPath)
  if (!stats) throw new SmdError('validate.path_not_found', { path: absPath })
  if (stats instanceof Error)
    return [failed(absPath, 'skill', profile, diagnose('file.unreadable', reasonOf(stats)))]
  const validate = (type: ValidatedType, at: string) => validateArtifact(type, at, profile, options)
  if (!stats.isDirectory()) {
    if (isSkillFile(absPath)) return [validate('skill', path.dirname(absPath))]
    const type = configTypeOf(path.basename(absPath)) ?? markdownType(absPath)
    if (type) return [validate(type, absPath)]
    const where = 'neither its name nor its folder tells a type'
    return [failed(absPath, 'skill', profile, diagnose('artifact.unknown_type', where))]
  }
  if (skillFile(absPath)) return [validate('skill', absPath)]
  const { targets, limit, unreadable } = findTargets(absPath)
  const isLostSkill =
    targets.length === 0 && /^(?:claude-)?skills?$/i.test(path.basename(path.dirname(absPath)))
  if (isLostSkill) return [validate('skill', absPath)]
  return [
    ...targets.map(({ type, path: at }) => validate(type, at)),
    ...unreadable.map((at) => failed(at, 'skill', profile, diagnose('file.unreadable', at))),
    ...(limit ? [failed(limit, 'skill', profile, diagnose('artifact.limit', 'too many folders'))] : []),
  ]
}

/**
 * Validates one artifact of a known type: a skill by its folder, everything else by its file. Never throws for what
 * is on disk; a missing or unreadable file is a finding.
 */
export function validateArtifact(
  type: ValidatedType,
  absPath: string,
  profile: ValidationProfile,
  options: ValidationOptions = {},
): Finding {
  if (type === 'hook' || type === 'mcp') return validateConfig(type, absPath, profile, options)
  const extra: Diagnostic[] = []
  let file = absPath
  if (type === 'skill') {
    const name = skillFile(absPath)
    if (!name)
      return failed(absPath, type, profile, brokenLink(absPath) ?? diagnose('file.missing', 'SKILL.md'))
    if (name !== 'SKILL.md') extra.push(diagnose('file.wrong_case', name))
    file = path.join(absPath, name)
  }
  const read = readText(file)
  if (read.text === null) return report(absPath, type, profile, [...extra, ...read.diagnostics], () => null)
  const { text } = read
  const stem =
    type === 'skill' ? path.basename(absPath) : path.basename(file).replace(/(?:\.agent)?\.md$/, '')
  const found: KeyedDiagnostic[] = [...extra, ...read.diagnostics].map((d) => ({ ...d, key: null }))
  found.push(...checkMarkdown(type, stem, text, profile))
  return report(absPath, type, profile, found, (d) => lineOfFrontmatter(text, d))
}

function validateConfig(
  type: 'hook' | 'mcp',
  absPath: string,
  profile: ValidationProfile,
  { variableNames }: ValidationOptions,
): Finding {
  const found = checkConfigFile(absPath, type, variableNames)
  const text = found.some((d) => d.name !== null) ? readText(absPath).text : null
  return report(absPath, type, profile, found, (d) => {
    const told = /\bline (\d+)/.exec(d.detail)?.[1]
    if (told && d.code.startsWith('config.')) return Number(told)
    const at = text === null || d.name === null ? -1 : text.indexOf(JSON.stringify(d.name))
    return text === null || at < 0 ? null : lineAt(text, at)
  })
}

const failed = (absPath: string, type: ValidatedType, profile: ValidationProfile, d: Diagnostic): Finding =>
  report(absPath, type, profile, [d], () => null)

const isSkillFile = (file: string): boolean => path.basename(file).toLowerCase() === 'skill.md'

/** Null for nothing at all, the error when something is there that cannot be looked at. */
function statOf(absPath: string): Stats | Error | null {
  try {
    return statSync(absPath, { throwIfNoEntry: false }) ?? null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOTDIR' ? null : (error as Error)
  }
}

/** The file's text, or null with the reason. */
function readText(file: string): { text: string | null; diagnostics: Diagnostic[] } {
  try {
    const stats = statSync(file)
    if (!stats.isFile())
      return { text: null, diagnostics: [diagnose('file.unreadable', 'not a regular file')] }
    if (stats.size > maxBytes)
      return { text: null, diagnostics: [diagnose('file.too_large', `${stats.size} bytes`)] }
    const { text, encoding, diagnostics } = decodeText(readFileSync(file))
    if (encoding === 'binary') return { text: null, diagnostics }
    return { text, diagnostics: text === '' ? [diagnose('file.empty')] : diagnostics }
  } catch (error) {
    return { text: null, diagnostics: [brokenLink(file) ?? diagnose('file.unreadable', reasonOf(error))] }
  }
}

/** What to say of a link that leads nowhere; null for anything else. */
function brokenLink(at: string): Diagnostic | null {
  try {
    const target = readlinkSync(at)
    try {
      statSync(at)
      return null
    } catch (error) {
      return diagnose(reasonOf(error) === 'ELOOP' ? 'file.link_loop' : 'file.dangling_link', target)
    }
  } catch {
    // Not a link, or nothing at all.
    return null
  }
}

/** Where a key stands in the frontmatter, or the line a reader has named. */
function lineOfFrontmatter(text: string, d: KeyedDiagnostic): number | null {
  const told = d.code.startsWith('frontmatter.yaml_') && /^line (\d+):/.exec(d.detail)?.[1]
  if (told) return Number(told) + lineAt(text, text.search(/\S/)) - 1
  if (d.key === null) return null
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.replace('\uFEFF', '').startsWith('---'))
  for (let at = start + 1; start >= 0 && at < lines.length; at++) {
    const line = lines[at] as string
    if (/^---\s*$/.test(line)) return null
    if (line.startsWith(d.key) && /^\s*:/.test(line.slice(d.key.length))) return at + 1
  }
  return null
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length
