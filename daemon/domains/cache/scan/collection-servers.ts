/** MCP servers a SkillMeat collection lists in its manifest (formats spec section 3, `[[mcp_servers]]`). */

import { redactText } from '../../../kernel/secrets/redact.ts'
import { type ConfigSource, compact, configArtifact } from './config-artifact.ts'
import { diagnose } from './diagnostics.ts'
import type { ConfigFindings } from './hooks.ts'
import { isRecord, ownValue, recordAt, shorten, textOf } from './json-values.ts'
import { recordedOrigin } from './origins.ts'
import { gitSource, shortCommit } from './source-text.ts'
import { gitPlace } from './upstream-place.ts'

/** One artifact per server; entries without a name are told of the file. */
export function collectionServers(source: ConfigSource, servers: unknown): ConfigFindings {
  const findings: ConfigFindings = { artifacts: [], diagnostics: [] }
  if (!Array.isArray(servers)) {
    findings.diagnostics.push(diagnose('config.wrong_type', 'mcp_servers is not a list of tables'))
    return findings
  }
  const seen = new Set<string>()
  servers.forEach((entry, index) => {
    const name = textOf(ownValue(entry, 'name'))
    if (!isRecord(entry) || name === null || seen.has(name)) {
      findings.diagnostics.push(diagnose('record.bad_entry', `mcp_servers[${index}]`))
      return
    }
    seen.add(name)
    const text = (key: string): string | null => textOf(ownValue(entry, key))
    const label = shorten(name, 200)
    const version =
      text('resolved_version') ?? (text('resolved_sha') && shortCommit(text('resolved_sha') as string))
    const description = text('description')
    const repo = text('repo')
    const env = Object.keys(recordAt(entry, 'env_vars'))
    findings.artifacts.push(
      configArtifact(source, {
        type: 'mcp',
        name: label,
        fragment: label,
        value: entry,
        description: description && shorten(redactText(description.slice(0, 8000)), 500),
        source: repo && gitSource(repo, { version: text('version') }),
        deployedVersion: version,
        origin:
          repo === null
            ? undefined
            : recordedOrigin({
                place: gitPlace(repo, { path: null, ref: text('version') }),
                version: text('resolved_version'),
                ...(/^[0-9a-f]{40}$/.test(text('resolved_sha') ?? '') && {
                  commit: text('resolved_sha') as string,
                }),
              }),
        metadata: compact({
          status: text('status') ?? 'not_installed',
          env: env.length > 0 ? env.slice(0, 50).map((key) => shorten(key, 100)) : undefined,
        }),
        diagnostics: [],
      }),
    )
  })
  return findings
}
