/** The map of the page: where each view lies, what the navigation calls it, and the code that shows it. */
import type { IconName } from './components/icon/icon.tsx'
import { type Lazy, lazily } from './lib/lazily.tsx'
import { prepareProjects } from './lib/use-project-cache.ts'
import { prepareArtifacts } from './pages/artifacts/prepare-artifacts.ts'

export type View = {
  /** Below the base path; `:name` is a part that varies. */
  path: string
  view: Lazy<{ params: Record<string, string> }>
  /** Null for views that are reached from others. */
  navigation: { name: string; icon: IconName } | null
}

const inNavigation = (name: string, icon: IconName): View['navigation'] => ({ name, icon })

export const views: readonly View[] = [
  {
    path: '/',
    view: lazily(async () => (await import('./pages/overview/overview-page.tsx')).OverviewPage),
    navigation: inNavigation('Overview', 'overview'),
  },
  {
    path: '/projects',
    view: lazily(
      async () => (await import('./pages/projects/projects-page.tsx')).ProjectsPage,
      prepareProjects,
    ),
    navigation: inNavigation('Projects', 'projects'),
  },
  {
    path: '/projects/:id',
    view: lazily(async () => (await import('./pages/projects/project-page.tsx')).ProjectPage),
    navigation: null,
  },
  {
    path: '/projects/:id/sync',
    view: lazily(async () => (await import('./pages/sync/sync-page.tsx')).SyncPage),
    navigation: null,
  },
  {
    path: '/artifacts',
    view: lazily(
      async () => (await import('./pages/artifacts/artifacts-page.tsx')).ArtifactsPage,
      prepareArtifacts,
    ),
    navigation: inNavigation('Artifacts', 'artifacts'),
  },
  {
    path: '/artifacts/:id',
    view: lazily(async () => (await import('./pages/artifacts/artifact-page.tsx')).ArtifactPage),
    navigation: null,
  },
  {
    path: '/collections',
    view: lazily(async () => (await import('./pages/collections/collections-page.tsx')).CollectionsPage),
    navigation: inNavigation('Collections', 'collections'),
  },
  {
    path: '/collections/history',
    view: lazily(async () => (await import('./pages/snapshots/history-page.tsx')).HistoryPage),
    navigation: null,
  },
  {
    path: '/collections/tags',
    view: lazily(async () => (await import('./pages/collections/tags-page.tsx')).TagsPage),
    navigation: null,
  },
  {
    path: '/deployments',
    view: lazily(async () => (await import('./pages/deployments/deployments-page.tsx')).DeploymentsPage),
    navigation: inNavigation('Deployments', 'deployments'),
  },
  {
    path: '/matrix',
    view: lazily(async () => (await import('./pages/matrix/matrix-page.tsx')).MatrixPage),
    navigation: inNavigation('Matrix', 'matrix'),
  },
  {
    path: '/outdated',
    view: lazily(async () => (await import('./pages/outdated/outdated-page.tsx')).OutdatedPage),
    navigation: inNavigation('Outdated', 'outdated'),
  },
  {
    path: '/analytics',
    view: lazily(async () => (await import('./pages/analytics/analytics-page.tsx')).AnalyticsPage),
    navigation: inNavigation('Analytics', 'analytics'),
  },
  {
    path: '/jobs',
    view: lazily(async () => (await import('./pages/jobs/jobs-page.tsx')).JobsPage),
    navigation: inNavigation('Jobs and logs', 'jobs'),
  },
  {
    path: '/health',
    view: lazily(async () => (await import('./pages/health/health-page.tsx')).HealthPage),
    navigation: inNavigation('Health', 'health'),
  },
  {
    path: '/settings',
    view: lazily(async () => (await import('./pages/settings/settings-page.tsx')).SettingsPage),
    navigation: inNavigation('Settings', 'settings'),
  },
]

/** The view at a path below the base, with its parts that vary; null where there is none. */
export function viewAt(path: string): { view: View; params: Record<string, string> } | null {
  const given = (path.replace(/\/$/, '') || '/').split('/')
  for (const view of views) {
    const parts = view.path.split('/')
    const isHere = (part: string, at: number): boolean =>
      part === given[at] || (part.startsWith(':') && given[at] !== '')
    if (parts.length !== given.length || !parts.every(isHere)) continue
    const pairs = parts.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), given[at]]] : []))
    return { view, params: Object.fromEntries(pairs) }
  }
  return null
}
