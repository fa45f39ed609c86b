import { ExitCode } from '../../protocol/errors.ts'
import { defineCommand } from '../command.ts'
import { sourceSpec } from './add/add-artifact.ts'

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Say whether a source holds an artifact of a type, without adding it',
  examples: [['smd verify owner/repo/path --type skill', 'Exits with 1 when it does not']],
  args: {
    spec: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'As for smd add',
      complete: 'path',
    },
    type: {
      type: 'string',
      alias: 't',
      required: true,
      choices: ['skill', 'command', 'agent', 'hook', 'mcp'],
      describe: 'What it should be',
    },
  },
  async run({ call, io, cwd }, { spec, type }) {
    const verified = await call('collections.verify', { spec: sourceSpec(spec, cwd), type })
    if (io.json) io.value(verified)
    else if (verified.valid) io.line(`Valid: ${verified.type} ${verified.name}`)
    else io.line(`Not valid: ${verified.source} is no ${type}: ${verified.reason}`)
    for (const warning of verified.warnings) io.note(warning)
    return verified.valid ? ExitCode.ok : ExitCode.failure
  },
})
