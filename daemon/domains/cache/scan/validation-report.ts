/** What a validation answers, and how serious a diagnostic is under each profile. */
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'
import { type DiagnosticCode, describeDiagnostic } from './diagnostics.ts'
import type { Diagnostic, DiagnosticSeverity } from './types.ts'

/**
 * Whose rules: the Agent Skills standard as its reference validator reads it, the same for a skill that is to be
 * uploaded, or what Claude Code loads. The first two speak of skills; all else is judged by Claude Code's rules.
 */
export type ValidationProfile = 'standard' | 'portable' | 'claude-code'

export type FindingLine = {
  code: string
  severity: DiagnosticSeverity
  message: string
  /** In the main file, from 1; null when it is about no line. */
  line: number | null
}

/** The verdict on one artifact, or on one file that holds several. */
export type Finding = {
  /** Absolute. */
  path: string
  type: ArtifactType
  /** No finding is an error. */
  ok: boolean
  findings: FindingLine[]
}

/** In every profile: the host loses what the file says. */
const always: readonly DiagnosticCode[] = [
  'frontmatter.unclosed',
  'frontmatter.yaml_invalid',
  'frontmatter.yaml_repaired',
  'file.empty',
]

const standard: readonly DiagnosticCode[] = [
  ...always,
  'file.not_utf8',
  'frontmatter.missing',
  'frontmatter.empty',
  'frontmatter.not_mapping',
  'frontmatter.bom',
  'frontmatter.leading_space',
  'frontmatter.duplicate_key',
  'frontmatter.unknown_key',
  'frontmatter.wrong_type',
  'name.missing',
  'name.too_long',
  'name.bad_characters',
  'name.not_directory',
  'description.missing',
  'description.too_long',
  'tools.list',
]

const claudeAgent: readonly DiagnosticCode[] = [
  ...always,
  'name.missing',
  'description.missing',
  'agent.bad_name',
]

/** Codes that count as errors, whatever the table says. */
function errorsOf(type: ArtifactType, profile: ValidationProfile): readonly DiagnosticCode[] {
  if (type === 'agent') return claudeAgent
  return type === 'skill' && profile !== 'claude-code' ? standard : always
}

/** Puts a verdict together. `lineOf` tells where a diagnostic belongs. */
export function report<Given extends Diagnostic>(
  path: string,
  type: ArtifactType,
  profile: ValidationProfile,
  diagnostics: readonly Given[],
  lineOf: (d: Given) => number | null,
): Finding {
  const errors: ReadonlySet<string> = new Set(errorsOf(type, profile))
  const findings = diagnostics.map((d): FindingLine => {
    const { severity, message } = describeDiagnostic(d)
    return {
      code: d.code,
      severity: errors.has(d.code) ? 'error' : severityOf(d, severity),
      message,
      line: lineOf(d),
    }
  })
  return { path, type, ok: findings.every((found) => found.severity !== 'error'), findings }
}

/** An unknown key does nothing in Claude Code: worth more than a remark to somebody who asks. */
const severityOf = (d: Diagnostic, severity: DiagnosticSeverity): DiagnosticSeverity =>
  d.code === 'frontmatter.unknown_key' ? 'warning' : severity
