import type { ResultOf } from '../../protocol/methods.ts'
import type { Io } from '../io.ts'

type Artifact = ResultOf<'artifacts.list'>['items'][number]

/** Artifacts as people read them: the longest texts give way when the terminal is narrow. */
export function printArtifacts(io: Io, items: readonly Artifact[]): Promise<void> {
  return io.table(items, [
    { title: 'NAME', text: (a) => a.name, style: () => 'bold', shrink: true },
    { title: 'TYPE', text: (a) => a.type },
    { title: 'SCOPE', text: (a) => a.scope },
    { title: 'PROJECT', text: (a) => a.project?.name ?? '-', shrink: true },
    { title: 'VERSION', text: (a) => a.deployedVersion ?? '-', shrink: true },
    { title: 'STATE', text: stateOf, style: (a) => (stateOf(a) === 'ok' ? 'dim' : 'yellow') },
    { title: 'DESCRIPTION', text: (a) => a.description ?? '', style: () => 'dim', shrink: true },
  ])
}

/** What needs attention, in one word or two. */
export function stateOf({ isOutdated, localModified, diagnostics }: Artifact): string {
  if (isOutdated && localModified) return 'diverged'
  if (isOutdated) return 'outdated'
  if (localModified) return 'modified'
  return diagnostics.some((d) => d.severity === 'error') ? 'faulty' : 'ok'
}
