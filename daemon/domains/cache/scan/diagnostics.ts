/**
 * Every diagnostic a scan or a validation can give, once: code -> severity and sentence.
 *
 * A code is stable: it is stored in cache.db and shown by `smd list --json`; it never changes meaning.
 * `{detail}` in a sentence is filled with the diagnostic's detail. Sections are named after the code's first word;
 * a new code is one entry in its section.
 */
import type { Diagnostic, DiagnosticSeverity } from './types.ts'

/** One row of the table. */
export type DiagnosticSpec = {
  severity: DiagnosticSeverity
  /** What was found, for people. */
  text: string
  /** Only `smd validate` gives it; a scan never does. */
  strictOnly?: true
}

export const diagnosticTable = {
  // Files: what hinders reading at all
  'file.unreadable': { severity: 'error', text: 'Cannot be read: {detail}' },
  'file.missing': { severity: 'error', text: 'Missing: {detail}' },
  'file.empty': { severity: 'warning', text: 'The file is empty' },
  'file.binary': { severity: 'error', text: 'Not a text file (it holds NUL bytes)' },
  'file.not_utf8': { severity: 'warning', text: 'Not UTF-8; read as {detail}' },
  'file.too_large': { severity: 'warning', text: 'Only the beginning was read: {detail}' },
  'file.dangling_link': { severity: 'error', text: 'The link leads nowhere: {detail}' },
  'file.link_loop': { severity: 'error', text: 'The link leads back to itself: {detail}' },
  'file.symlink': { severity: 'info', text: 'The main file is a link to {detail}' },
  'file.wrong_case': { severity: 'warning', text: 'Named {detail}, should be SKILL.md' },

  // Frontmatter: the block between the two --- lines (ecosystem spec 1.2, formats spec 10)
  'frontmatter.missing': { severity: 'warning', text: 'No frontmatter' },
  'frontmatter.unclosed': { severity: 'warning', text: 'The frontmatter has no closing ---' },
  'frontmatter.empty': { severity: 'warning', text: 'The frontmatter is empty' },
  'frontmatter.not_mapping': { severity: 'warning', text: 'The frontmatter is not a mapping but {detail}' },
  'frontmatter.bom': { severity: 'info', text: 'The file starts with a byte order mark' },
  'frontmatter.crlf': { severity: 'info', text: 'Lines end with CR LF' },
  'frontmatter.leading_space': { severity: 'info', text: 'Blank lines precede the frontmatter' },
  'frontmatter.yaml_repaired': {
    severity: 'warning',
    text: 'Not valid YAML; read after quoting values ({detail})',
  },
  'frontmatter.yaml_invalid': { severity: 'warning', text: 'Not valid YAML; read line by line ({detail})' },
  'frontmatter.duplicate_key': { severity: 'warning', text: 'The key {detail} occurs twice' },
  'frontmatter.unknown_key': { severity: 'info', text: 'Unknown frontmatter key: {detail}' },
  'frontmatter.wrong_type': { severity: 'warning', text: 'Wrong type: {detail}' },

  // Name and description
  'name.missing': { severity: 'warning', text: 'No name; using {detail}' },
  'name.coerced': { severity: 'info', text: 'The name is not a string: {detail}' },
  'name.too_long': { severity: 'warning', text: 'The name is longer than 64 characters ({detail})' },
  'name.bad_characters': {
    severity: 'warning',
    text: 'The name may hold lowercase letters, digits and single hyphens only: {detail}',
  },
  'name.not_directory': { severity: 'warning', text: 'The name differs from its folder: {detail}' },
  'name.duplicate': { severity: 'warning', text: 'The name occurs twice in this scope: {detail}' },
  'name.case_clash': { severity: 'warning', text: 'Names equal except for letter case: {detail}' },
  'description.missing': { severity: 'warning', text: 'No description' },
  'description.coerced': { severity: 'info', text: 'The description is not a string: {detail}' },
  'description.too_long': {
    severity: 'warning',
    text: 'The description is longer than 1024 characters ({detail})',
  },

  'description.cut': {
    severity: 'info',
    text: 'Description and when_to_use together are cut at 1536 characters ({detail})',
    strictOnly: true,
  },

  // Skills, commands, agents: other keys
  'compatibility.length': {
    severity: 'error',
    text: 'compatibility must have 1 to 500 characters ({detail})',
    strictOnly: true,
  },
  'tools.unknown': { severity: 'info', text: 'Unknown tool: {detail}' },
  'tools.list': { severity: 'info', text: '{detail} is a list; the standard wants a space-separated string' },
  'skill.nested': { severity: 'info', text: 'Lies inside another skill: {detail}' },
  'skill.reserved_folder': { severity: 'warning', text: 'The folder name is reserved: {detail}' },
  'command.directory': { severity: 'warning', text: 'A {detail} should be a .md file, not a folder' },
  'agent.documentation': { severity: 'info', text: 'No name: treated as documentation, not as an agent' },
  'agent.bad_name': {
    severity: 'warning',
    text: 'Agent names hold lowercase letters and hyphens, no ":", and do not start with "-": {detail}',
  },

  // Validation only
  'portable.key': {
    severity: 'error',
    text: 'The key {detail} does not survive an upload (only the six standard keys do)',
    strictOnly: true,
  },
  'value.not_allowed': { severity: 'warning', text: 'Value not allowed: {detail}', strictOnly: true },
  'artifact.unknown_type': {
    severity: 'error',
    text: 'Not recognised as an artifact: {detail}',
    strictOnly: true,
  },
  'artifact.wrong_shape': { severity: 'error', text: 'Wrong shape: {detail}', strictOnly: true },
  'artifact.limit': { severity: 'warning', text: 'Stopped looking: {detail}', strictOnly: true },

  // Configuration files: settings, .mcp.json, plugin manifests
  'config.invalid_json': { severity: 'error', text: 'Not valid JSON: {detail}' },
  'config.invalid_toml': { severity: 'error', text: 'Not valid TOML: {detail}' },
  'config.invalid_yaml': { severity: 'error', text: 'Not valid YAML: {detail}' },
  'config.too_large': { severity: 'error', text: 'Too large for a configuration file: {detail}' },
  'config.wrong_type': { severity: 'warning', text: 'Unexpected type: {detail}' },

  // Hooks (ecosystem spec 2.5)
  'hook.unknown_event': { severity: 'warning', text: 'Unknown hook event: {detail}' },
  'hook.unknown_type': { severity: 'warning', text: 'Unknown hook type: {detail}' },
  'hook.missing_field': { severity: 'error', text: 'Missing: {detail}' },
  'hook.bad_matcher': { severity: 'warning', text: 'The matcher is not a valid expression: {detail}' },

  // MCP servers (ecosystem spec 7.1)
  'mcp.url_without_type': { severity: 'error', text: 'url without type: add "type": "{detail}"' },
  'mcp.unknown_type': { severity: 'error', text: 'Unknown server type: {detail}' },
  'mcp.missing_field': { severity: 'error', text: 'Missing: {detail}' },
  'mcp.bad_name': {
    severity: 'warning',
    text: 'Server names hold letters, digits, "-" and "_" only: {detail}',
  },
  'mcp.reserved_name': { severity: 'error', text: 'The server name is reserved: {detail}' },
  'mcp.whitespace': { severity: 'warning', text: 'White space around the value of {detail}' },
  'mcp.unset_variable': { severity: 'warning', text: 'The variable {detail} is not set and has no default' },
  'mcp.not_configured': { severity: 'info', text: 'Not configured: the url is empty' },
  'mcp.short_timeout': { severity: 'warning', text: 'A timeout below 1000 ms is ignored: {detail}' },

  // Plugins and marketplaces (ecosystem spec 2.6, 3)
  'plugin.missing_folder': { severity: 'warning', text: 'Installed, but its folder is gone: {detail}' },
  'plugin.not_registered': {
    severity: 'info',
    text: 'Enabled and present in the plugin cache, but missing in installed_plugins.json: {detail}',
  },
  'plugin.bad_entry': { severity: 'warning', text: 'Entry cannot be read: {detail}' },
  'plugin.bad_path': {
    severity: 'warning',
    text: 'Path outside of the plugin, or not starting with ./: {detail}',
  },
  'plugin.missing_path': { severity: 'warning', text: 'Names a path that does not exist: {detail}' },
  'plugin.no_name': { severity: 'warning', text: 'plugin.json has no name' },

  // Lock files and deployment records (ecosystem spec 5 and 6, formats spec 7)
  'record.bad_entry': { severity: 'warning', text: 'Record cannot be read: {detail}' },
  'record.unknown_version': {
    severity: 'info',
    text: 'Unknown version of the file, read as far as understood: {detail}',
  },

  // Tags and groups of collections (formats spec 13)
  'tag.incomplete': { severity: 'warning', text: 'A tag without name or slug is passed over: {detail}' },
  'tag.bad_color': { severity: 'warning', text: 'A colour is # and six hex digits: {detail}' },
  'group.incomplete': { severity: 'warning', text: 'A group without a name is passed over' },
  'group.duplicate': {
    severity: 'warning',
    text: 'Two groups have the same name; the first counts: {detail}',
  },
  'group.unresolved': { severity: 'warning', text: 'No artifact of the collection is this member: {detail}' },
} as const satisfies Record<string, DiagnosticSpec>

export type DiagnosticCode = keyof typeof diagnosticTable

/** What a diagnostic says: severity and sentence. A code this version does not know is told as it is. */
export function describeDiagnostic(d: Diagnostic): { severity: DiagnosticSeverity; message: string } {
  const spec = Object.hasOwn(diagnosticTable, d.code) && diagnosticTable[d.code as DiagnosticCode]
  if (!spec) return { severity: 'warning', message: d.detail ? `${d.code}: ${d.detail}` : d.code }
  return { severity: spec.severity, message: spec.text.replaceAll('{detail}', () => d.detail) }
}

/** A diagnostic whose code is checked by the compiler. */
export const diagnose = (code: DiagnosticCode, detail = ''): Diagnostic => ({ code, detail })
