import type { Settings } from '../../../protocol/settings.ts'
import type { Discovery } from './scan/discovery.ts'

type ProjectSettings = Settings['projects']

/**
 * What was found, without the projects that the user asked to forget while it was looked for: those excluded since, and
 * those no longer added that nothing else names. They would come back otherwise.
 */
export function withoutForgotten(found: Discovery, before: ProjectSettings, now: ProjectSettings): Discovery {
  if (before === now) return found
  const excluded = now.exclude.filter((path) => !before.exclude.includes(path))
  const dropped = before.include.filter((path) => !now.include.includes(path))
  const forgotten = new Set(
    found.projects
      .filter(
        ({ path, origins }) =>
          excluded.includes(path) ||
          (dropped.includes(path) && origins.every((origin) => origin === 'added')),
      )
      .map(({ path }) => path),
  )
  return {
    ...found,
    projects: found.projects.filter(({ path }) => !forgotten.has(path)),
    units: found.units.filter(({ kind, path }) => kind !== 'project' || !forgotten.has(path)),
  }
}
