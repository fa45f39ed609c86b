import { ExitCode } from '../../protocol/errors.ts'
import { defineCommand } from '../command.ts'
import { projectRef } from './filters.ts'
import { driftStyle, driftWords } from './sync-items.ts'

export const syncCheckCommand = defineCommand({
  name: 'sync-check',
  summary: 'Show how what a project has from collections stands to them',
  examples: [
    ['smd sync-check .', 'The project you are in'],
    ['smd sync-check . --exit-code --json', 'For a script: exit code 10 when something is not in step'],
  ],
  args: {
    project: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Path, name or id',
      complete: 'project',
    },
    collection: { type: 'string', alias: 'c', describe: 'Only what came from this one' },
    all: { type: 'boolean', alias: 'a', describe: 'Also what nobody deployed' },
    'exit-code': { type: 'boolean', describe: 'End with 10 when something is not in step' },
  },
  async run({ call, io, cwd }, { project, collection, all, 'exit-code': exitCode }) {
    const found = await call('sync.check', {
      project: projectRef(project, cwd),
      ...(collection !== undefined && { collection }),
    })
    const shown = all ? found.items : found.items.filter(({ drift }) => drift !== 'untracked')
    const { none, untracked } = found.counts
    const apart = found.items.length - none - untracked
    if (io.json) io.value({ ...found, items: shown })
    else {
      if (shown.length > 0)
        await io.table(shown, [
          { title: 'NAME', text: (a) => a.name, style: () => 'bold', shrink: 16 },
          { title: 'TYPE', text: (a) => a.type, drop: 2 },
          { title: 'COLLECTION', text: (a) => a.collection || '-', shrink: 10, drop: 3 },
          { title: 'PROFILE', text: (a) => a.profile, drop: 4 },
          { title: 'STATE', text: (a) => driftWords[a.drift], style: (a) => driftStyle(a.drift) },
          { title: 'WHAT TO DO', text: (a) => a.problem ?? advice[a.drift] ?? '', shrink: 20, drop: 1 },
        ])
      const lost = shown.filter(({ drift, hasBase }) => drift === 'conflict' && !hasBase).length
      if (lost > 0)
        io.note(`What was deployed is not known any more for ${lost} of them: everything will be a conflict.`)
      for (const warning of found.warnings) io.note(warning)
      io.note(
        apart === 0 ? 'Everything is in step.' : `${apart} of ${found.items.length - untracked} not in step.`,
      )
    }
    return exitCode && apart > 0 ? ExitCode.outdated : ExitCode.ok
  },
})

const advice: Partial<Record<string, string>> = {
  modified: 'smd sync-pull takes the edit into the collection',
  outdated: 'smd sync-push brings the new version here',
  conflict: 'smd sync-preview shows what both changed',
  missing: 'smd deploy it again, or smd undeploy it',
  removed: 'smd undeploy it, or add it to the collection again',
  added: 'smd deploy it, if it is wanted here, too',
  version_mismatch: 'smd sync-pull notes that both are the same',
}
