import { useEffect } from 'preact/hooks'
import { notify } from '../components/notices/notices.tsx'
import { call, onEvent } from '../connection.ts'
import type { CallError } from './call-error.ts'
import { createStore, useStore } from './store.ts'

/** How far a refresh is. */
export type RefreshState = { running: boolean; done: number; total: number }

const idle: RefreshState = { running: false, done: 0, total: 0 }
const state = createStore<RefreshState>(idle)
let following = false

/** Whoever asked for it, here, in a terminal or by the schedule: the events tell of each. */
function follow(): void {
  if (following) return
  following = true
  onEvent((message) => {
    if (message.method === 'events.snapshot') {
      const { refresh } = message.params
      if (refresh) state.set({ running: true, done: refresh.unitsDone, total: refresh.unitsTotal })
      else if (!asked) state.set(idle)
    }
    if (message.method !== 'events.event') return
    const { topic, data } = message.params
    if (topic === 'refresh.started' && data.full) state.set({ running: true, done: 0, total: 0 })
    if (topic === 'refresh.progress' && state.get().running)
      state.set({ running: true, done: data.unitsDone, total: data.unitsTotal })
    if (topic === 'refresh.completed' && !asked) state.set(idle)
  })
}

/** A refresh that somebody here asked for is on its way. */
let asked = false

/** Reads everything from the disk again, whatever its age; tells of its begin and end by notices (CACHE-3.4b). */
async function refresh(project?: string): Promise<void> {
  if (asked) return
  asked = true
  state.set({ running: true, done: 0, total: 0 })
  const done = notify({ text: project ? 'Syncing the project…' : 'Syncing projects…', busy: true })
  try {
    const { result } = await call('cache.refresh', { force: true, ...(project && { project }) })
    const failed = result?.errors.length ?? 0
    if (failed > 0)
      notify({
        tone: 'attention',
        text: `Projects updated; ${failed} could not be read. Health tells which.`,
      })
    else notify({ tone: 'ok', text: project ? 'Project updated' : 'Projects updated' })
  } catch (error) {
    const { message, hint } = error as CallError
    notify({
      tone: 'danger',
      text: `${message} ${hint ?? ''}`,
      action: { text: 'Retry', act: () => void refresh(project) },
    })
  } finally {
    asked = false
    state.set(idle)
    done()
  }
}

/** The refresh button: what it does, and whether one is running (CACHE-3.4a). */
export function useCacheRefresh(): RefreshState & { refresh(project?: string): void } {
  useEffect(follow, [])
  return { ...useStore(state), refresh: (project) => void refresh(project) }
}
