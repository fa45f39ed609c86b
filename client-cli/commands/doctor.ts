import { ExitCode } from '../../protocol/errors.ts'
import { defineCommand } from '../command.ts'
import type { Finding } from '../doctor/finding.ts'
import { plural } from '../format/values.ts'
import type { Style } from '../io.ts'

const marks: Record<Finding['state'], [mark: string, style: Style]> = {
  ok: ['ok   ', 'green'],
  note: ['note ', 'cyan'],
  fault: ['fault', 'red'],
}

/** What is no loss to anybody. */
const mendable = ['broken-link', 'old-cache', 'unused-object'] as const

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Look for anything that keeps smd from working and say how to mend it',
  examples: [
    ['smd doctor', 'Exit code 1 when there is a fault; starts and changes nothing'],
    ['smd doctor --fix', 'Removes links of agents that lead nowhere, and old copies of the cache, first'],
  ],
  args: {
    fix: {
      type: 'boolean',
      describe: 'Mend what smd can mend without asking, see smd gc --dry-run; needs the daemon',
    },
  },
  async run({ call, io, paths, env }, { fix }) {
    const fixed = fix ? await call('cleanup.remove', { kinds: [...mendable] }) : null
    const { examine, thisMachine } = await import('../doctor/examine.ts')
    const items = await examine(thisMachine(paths, env))
    const faults = items.filter((item) => item.state === 'fault').length
    if (io.json) io.value({ ok: faults === 0, faults, items, total: items.length, ...(fixed && { fixed }) })
    else {
      for (const { path, detail } of fixed?.removed ?? [])
        io.line(`${io.paint('green', 'fixed')}  removed ${path}${detail === '' ? '' : ` -> ${detail}`}`)
      for (const { path, reason } of fixed?.failed ?? []) io.note(`${path} could not be removed: ${reason}`)
      for (const { check, state, text, fix } of items) {
        const [mark, style] = marks[state]
        io.line(`${io.paint(style, mark)}  ${check}: ${text}`)
        if (fix !== null) io.line(`       ${io.paint('dim', fix)}`)
      }
      io.note(faults === 0 ? 'No fault found.' : `${plural(faults, 'fault')} found.`)
    }
    return faults === 0 ? ExitCode.ok : ExitCode.failure
  },
})
