/** Hooks out of settings and hook files: one artifact per handler (ecosystem spec 2.5). */

import { redactText, redactUrl } from '../../../kernel/secrets/redact.ts'
import { type ConfigSource, compact, configArtifact } from './config-artifact.ts'
import type { HookShape } from './config-locations.ts'
import { diagnose } from './diagnostics.ts'
import { isRecord, ownValue, shorten, textOf } from './json-values.ts'
import type { Diagnostic, ScannedArtifact } from './types.ts'

/** Events of Claude Code. The list grows, so a name that is not in it is only worth a warning. */
const claudeEvents: ReadonlySet<string> = new Set(
  (
    'PreToolUse PostToolUse PostToolUseFailure PostToolBatch PermissionRequest PermissionDenied Notification ' +
    'UserPromptSubmit UserPromptExpansion MessageDisplay Stop StopFailure SubagentStart SubagentStop PreCompact ' +
    'PostCompact Elicitation ElicitationResult TeammateIdle TaskCreated TaskCompleted Setup InstructionsLoaded ' +
    'CwdChanged DirectoryAdded FileChanged ConfigChange WorktreeCreate WorktreeRemove SessionStart SessionEnd'
  ).split(' '),
)

/** Members of a `hooks` table that are switches of the host, not events (Gemini CLI and its relatives). */
const switches: ReadonlySet<string> = new Set(['enabled', 'disabled', 'notifications'])

/** By handler type: fields without which it does nothing; of alternatives one suffices. */
const requiredFields: Readonly<Record<string, readonly (readonly string[])[]>> = {
  command: [['command', 'bash', 'powershell']],
  prompt: [['prompt']],
  agent: [['prompt']],
  http: [['url']],
  mcp_tool: [['server'], ['tool']],
}

export type HookOptions = {
  shape: HookShape
  /** False when the settings switch all hooks off. */
  enabled: boolean
}

export type ConfigFindings = { artifacts: ScannedArtifact[]; diagnostics: Diagnostic[] }

/** Handlers of a `hooks` table. What is no table, list or object is told as a diagnostic of the file. */
export function hookArtifacts(source: ConfigSource, hooks: unknown, options: HookOptions): ConfigFindings {
  const findings: ConfigFindings = { artifacts: [], diagnostics: [] }
  if (hooks === undefined || hooks === null) return findings
  if (!isRecord(hooks)) {
    findings.diagnostics.push(diagnose('config.wrong_type', 'hooks is not an object'))
    return findings
  }
  const numbers = new Map<string, number>()
  const labels = new Set<string>()
  for (const [event, groups] of Object.entries(hooks)) {
    if (switches.has(event) && !hasObjects(groups)) continue
    if (!Array.isArray(groups)) {
      findings.diagnostics.push(diagnose('config.wrong_type', `hooks.${shorten(event, 60)} is not a list`))
      continue
    }
    // Two names may be one after shortening
    let label = shorten(event, 200)
    while (labels.has(label)) label += '~'
    labels.add(label)
    groups.forEach((group, index) => {
      addGroup(findings, source, options, numbers, { event, label, group, index })
    })
  }
  return findings
}

const hasObjects = (value: unknown): boolean => Array.isArray(value) && value.some(isRecord)

type Group = { event: string; label: string; group: unknown; index: number }

function addGroup(
  findings: ConfigFindings,
  source: ConfigSource,
  options: HookOptions,
  numbers: Map<string, number>,
  { event, label, group, index }: Group,
): void {
  const place = `hooks.${shorten(event, 60)}[${index}]`
  if (!isRecord(group)) {
    findings.diagnostics.push(diagnose('config.wrong_type', `${place} is not an object`))
    return
  }
  const listed = ownValue(group, 'hooks')
  if (listed !== undefined && !Array.isArray(listed)) {
    findings.diagnostics.push(diagnose('config.wrong_type', `${place}.hooks is not a list`))
    return
  }
  if (listed === undefined && options.shape === 'groups') {
    findings.diagnostics.push(diagnose('config.wrong_type', `${place} has no list of hooks`))
    if (!isHandler(group)) return
  }
  const handlers: unknown[] = listed ?? [group]
  handlers.forEach((handler, position) => {
    if (!isRecord(handler)) {
      findings.diagnostics.push(diagnose('config.wrong_type', `${place}.hooks[${position}] is not an object`))
      return
    }
    const matcher = textOf(ownValue(group, 'matcher'))
    const base = nameOf(event, matcher)
    const number = (numbers.get(base) ?? 0) + 1
    numbers.set(base, number)
    const type = textOf(ownValue(handler, 'type')) ?? guessType(handler)
    findings.artifacts.push(
      configArtifact(source, {
        type: 'hook',
        name: `${base}#${number}`,
        fragment: `${label}/${index}/${position}`,
        value: handler,
        description: describe(handler, type),
        metadata: compact({
          event: shorten(event, 200),
          matcher: matcher && shorten(matcher, 300),
          handler: shorten(type, 40),
          condition: shortText(ownValue(handler, 'if'), 200),
          timeoutSeconds: numberOf(ownValue(handler, 'timeout') ?? ownValue(handler, 'timeoutSec')),
          async: ownValue(handler, 'async') === true ? true : undefined,
          enabled: options.enabled,
        }),
        diagnostics: check(source, options, event, ownValue(group, 'matcher'), handler, type),
      }),
    )
  })
}

const nameOf = (event: string, matcher: string | null): string => {
  const label = shorten(event, 60)
  return matcher === null || matcher === '*' ? label : `${label}:${shorten(matcher, 40)}`
}

const isHandler = (value: Record<string, unknown>): boolean =>
  ['command', 'bash', 'powershell', 'prompt', 'url', 'server'].some((key) => Object.hasOwn(value, key))

function guessType(handler: Record<string, unknown>): string {
  if (Object.hasOwn(handler, 'url')) return 'http'
  if (Object.hasOwn(handler, 'prompt') && !Object.hasOwn(handler, 'command')) return 'prompt'
  return 'command'
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

const shortText = (value: unknown, max: number): string | null => {
  const text = textOf(value)
  // Cut first with room to spare: redacting megabytes for one line would be a way to starve the scan
  return text && shorten(redactText(text.slice(0, max * 20)), max)
}

function describe(handler: Record<string, unknown>, type: string): string | null {
  const said = shortText(ownValue(handler, 'description') ?? ownValue(handler, 'statusMessage'), 200)
  if (said) return said
  if (type === 'http') {
    const url = textOf(ownValue(handler, 'url'))
    return url && shorten(redactUrl(url.slice(0, 2000)), 200)
  }
  if (type === 'mcp_tool') {
    const tool = [ownValue(handler, 'server'), ownValue(handler, 'tool')].filter((part) => textOf(part))
    return tool.length > 0 ? shorten(tool.join('/'), 200) : null
  }
  if (type === 'prompt' || type === 'agent') return shortText(ownValue(handler, 'prompt'), 200)
  return shortText(
    ownValue(handler, 'command') ?? ownValue(handler, 'bash') ?? ownValue(handler, 'powershell'),
    200,
  )
}

function check(
  source: ConfigSource,
  options: HookOptions,
  event: string,
  matcher: unknown,
  handler: Record<string, unknown>,
  type: string,
): Diagnostic[] {
  const found: Diagnostic[] = []
  if (source.host === 'claude-code' && !claudeEvents.has(event)) {
    found.push(diagnose('hook.unknown_event', shorten(event, 60)))
  }
  if (options.shape === 'groups' && !textOf(ownValue(handler, 'type'))) {
    found.push(diagnose('hook.missing_field', 'type'))
  }
  const required = Object.hasOwn(requiredFields, type) ? requiredFields[type] : undefined
  if (!required) found.push(diagnose('hook.unknown_type', shorten(type, 60)))
  for (const alternatives of required ?? []) {
    if (!alternatives.some((field) => textOf(ownValue(handler, field)))) {
      found.push(diagnose('hook.missing_field', alternatives[0]))
    }
  }
  if (matcher !== undefined && typeof matcher !== 'string') {
    found.push(diagnose('config.wrong_type', 'the matcher is not a string'))
  } else if (typeof matcher === 'string' && !isValidMatcher(matcher)) {
    found.push(diagnose('hook.bad_matcher', shorten(matcher, 100)))
  }
  return found
}

/** Empty, `*` and plain names always work; everything else is a JavaScript expression. */
function isValidMatcher(matcher: string): boolean {
  if (matcher === '*' || /^[\w\-\s,|]*$/.test(matcher)) return true
  try {
    new RegExp(matcher)
    return true
  } catch {
    return false
  }
}
