import type { ResultOf } from '../../../protocol/methods.ts'
import type { UnitDone } from './engine.ts'
import { projectIdOf } from './ids.ts'
import type { UnitRef } from './scan/job.ts'

export type RefreshResult = NonNullable<ResultOf<'cache.refresh'>['result']>

/** Adds up what the units report. */
export function createTally(refs: readonly UnitRef[]) {
  const byId = new Map(refs.map((ref) => [ref.id, ref]))
  const errors: RefreshResult['errors'] = []
  let projectsRefreshed = 0
  const recovered: RefreshResult['recovered'] = []
  const counters = {
    units: 0,
    directories: 0,
    filesStatted: 0,
    filesRead: 0,
    bytesRead: 0,
    added: 0,
    changed: 0,
    removed: 0,
    unchanged: 0,
  }
  return {
    add({ unitId, written, counters: work, unchanged, failure }: UnitDone): void {
      const ref = byId.get(unitId)
      counters.units++
      counters.directories += work.directories
      counters.filesStatted += work.filesStatted
      counters.filesRead += work.filesRead
      counters.bytesRead += work.bytesRead
      counters.added += written?.added ?? 0
      counters.changed += written?.changed ?? 0
      counters.removed += written?.removed ?? 0
      counters.unchanged += unchanged
      if (written?.recovered) recovered.push({ collection: ref?.unit.name ?? '', ...written.recovered })
      if (failure !== null) {
        errors.push({
          projectId: ref ? projectIdOf(ref) : null,
          path: ref?.unit.path ?? '',
          message: failure,
        })
      } else if (ref?.unit.kind === 'project') projectsRefreshed++
    },
    result(durationMs: number): RefreshResult {
      const changesDetected = counters.added + counters.changed + counters.removed
      return {
        success: errors.length === 0,
        projectsRefreshed,
        changesDetected,
        errors,
        durationMs,
        counters,
        recovered,
      }
    },
  }
}
