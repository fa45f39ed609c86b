import type { ResultOf } from '../../protocol/methods.ts'
import type { Io } from '../io.ts'

type Artifact = ResultOf<'artifacts.list'>['items'][number]

/** Artifacts as people read them: the longest texts give way when the terminal is narrow. */
export function printArtifacts(io: Io, items: readonly Artifact[]): Promise<void> {
  return io.table<Artifact>(items, [
    { title: 'NAME', text: (a) => a.name, style: () => 'bold', shrink: 16 },
    { title: 'TYPE', text: (a) => a.type },
    { title: 'SCOPE', text: (a) => a.scope, drop: 2 },
    { title: 'PROJECT', text: (a) => a.project?.name ?? '-', shrink: 10, drop: 1 },
    { title: 'VERSION', text: versionOf, shrink: 8, drop: 4 },
    { title: 'STATE', text: stateOf, style: (a) => (stateOf(a) === 'ok' ? 'dim' : 'yellow'), drop: 3 },
    { title: 'DESCRIPTION', text: (a) => a.description ?? '', style: () => 'dim', shrink: 16, drop: 5 },
  ])
}

function versionOf({ deployedVersion, upstreamVersion, isOutdated }: Artifact): string {
  const deployed = deployedVersion ?? '-'
  return isOutdated && upstreamVersion ? `${deployed} → ${upstreamVersion}` : deployed
}

type State = Pick<Artifact, 'isOutdated' | 'localModified'> & Partial<Pick<Artifact, 'diagnostics'>>

/** What needs attention, in one word or two. */
export function stateOf({ isOutdated, localModified, diagnostics = [] }: State): string {
  if (isOutdated && localModified) return 'diverged'
  if (isOutdated) return 'outdated'
  if (localModified) return 'modified'
  return diagnostics.some((d) => d.severity === 'error') ? 'faulty' : 'ok'
}
