import { type Command, defineCommand } from '../../command.ts'
import { addArgs, addArtifact } from './add-artifact.ts'

const examples = {
  skill: [
    ['smd add skill anthropics/skills/document-skills/pdf', 'The newest version'],
    ['smd add skill owner/repo/path@v1.2.0', 'That version'],
    ['smd add skill ./my-skill', 'A folder of this disk'],
    ['smd add skill review --from-project webshop', 'What a project has'],
  ],
  command: [['smd add command owner/repo/commands/review.md', 'One file']],
  agent: [['smd add agent https://github.com/owner/repo/tree/main/agents/helper.md', 'By its address']],
  hook: [
    ['smd add hook ./.claude/settings.json --name guard', 'Only its hooks are kept'],
    ['smd add hook PreToolUse:Bash --from-project webshop --name guard', 'Some hooks of a project'],
  ],
  mcp: [
    ['smd add mcp ./.mcp.json --name tools', 'The servers of that file'],
    ['smd add mcp postgres --from-project webshop', 'One server of a project'],
  ],
} as const

const summaries = {
  skill: 'Copy a skill into a collection',
  command: 'Copy a command into a collection',
  agent: 'Copy an agent into a collection',
  hook: 'Copy hooks into a collection',
  mcp: 'Copy MCP servers into a collection',
} as const

/** One command for each type. */
export const addCommands: readonly Command[] = (['skill', 'command', 'agent', 'hook', 'mcp'] as const).map(
  (type) =>
    defineCommand({
      name: `add ${type}`,
      summary: summaries[type],
      examples: examples[type],
      args: addArgs,
      run: (ctx, args) => addArtifact(ctx, 'add', args, type),
    }) as Command,
)
