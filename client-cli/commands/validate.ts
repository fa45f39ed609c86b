import { relative, resolve } from 'node:path'
import { ExitCode } from '../../protocol/errors.ts'
import type { ResultOf } from '../../protocol/methods.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { loadValidator } from '../entries.ts'
import { formatCount, plural } from '../format/values.ts'

type Verdict = ResultOf<'artifacts.validate'>['items'][number]
type Finding = Verdict['findings'][number]

export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'Check skills, commands, agents, hooks and servers on disk against the rules of a host',
  examples: [
    ['smd validate', 'Everything below the folder you are in; needs no daemon'],
    ['smd validate skills/review --profile portable', 'Whether a skill can be uploaded anywhere'],
  ],
  args: {
    path: {
      type: 'string',
      positional: true,
      describe: 'A skill, a file or any folder (default: here)',
      complete: 'path',
    },
    profile: {
      type: 'string',
      choices: ['standard', 'portable', 'claude-code'],
      describe: 'Whose rules (default claude-code)',
    },
    quiet: { type: 'boolean', alias: 'q', describe: 'Only errors, no warnings' },
  },
  async run({ io, cwd, env }, { path = '.', profile = 'claude-code', quiet = false }) {
    // The files at hand are the truth, and the caller's environment is the one that counts: the daemon has neither.
    const { validatePath } = await loadValidator()
    const at = resolve(cwd, path)
    const all = validatePath(at, profile, { variableNames: Object.keys(env) })
    const items = quiet ? all.map(onlyErrors) : all
    const failed = items.filter((item) => !item.ok).length
    if (io.json) io.value({ path: at, profile, items, total: items.length, failed })
    else print(io, cwd, items, failed)
    return failed > 0 ? ExitCode.failure : ExitCode.ok
  },
})

function onlyErrors(verdict: Verdict): Verdict {
  return { ...verdict, findings: verdict.findings.filter((finding) => finding.severity === 'error') }
}

function print(io: CommandContext['io'], cwd: string, items: readonly Verdict[], failed: number): void {
  for (const { path, type, findings } of items) {
    if (findings.length === 0) continue
    io.line(`${io.paint('bold', relative(cwd, path) || '.')}  ${io.paint('dim', type)}`)
    for (const finding of findings) io.line(`  ${describe(io, finding)}`)
  }
  if (items.length === 0) {
    io.note('There is nothing to check here: no skill, command, agent, hook or server.')
    return
  }
  const warned = items.filter((item) => item.ok && item.findings.length > 0).length
  const counts = [
    `${plural(items.length, 'artifact')} checked`,
    failed === 0 ? 'none failed' : `${formatCount(failed)} failed`,
    ...(warned > 0 ? [`${formatCount(warned)} with remarks`] : []),
  ]
  io.note(`${counts.join(', ')}.`)
}

function describe(io: CommandContext['io'], { severity, line, message, code }: Finding): string {
  const style = severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'dim'
  const place = line === null ? '' : `line ${line}: `
  return `${io.paint(style, severity.padEnd(7))} ${place}${message} ${io.paint('dim', `(${code})`)}`
}
