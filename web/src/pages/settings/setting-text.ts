import type { ResultOf } from '../../../../protocol/methods.ts'

export type Setting = ResultOf<'config.list'>['items'][number]

/** Groups of settings by the first word of their keys, as headings. */
const groupNames: Record<string, string> = {
  cache: 'Cache',
  discovery: 'Looking for projects',
  projects: 'Projects',
  scan: 'Reading',
  upstream: 'Sources',
  marketplaces: 'Marketplaces',
  web: 'This page',
  watch: 'Watching',
  daemon: 'Daemon',
  jobs: 'Jobs',
  events: 'History',
  maintenance: 'Maintenance',
  log: 'Log',
  net: 'Network',
  aliases: 'Aliases',
}

/** Settings by group, both in the order they come in. */
export function groupSettings(settings: readonly Setting[]): { name: string; settings: Setting[] }[] {
  const groups = new Map<string, Setting[]>()
  for (const setting of settings) {
    const word = setting.key.split('.', 1)[0] ?? ''
    groups.set(word, [...(groups.get(word) ?? []), setting])
  }
  return [...groups].map(([word, members]) => ({ name: groupNames[word] ?? word, settings: members }))
}

/** Whether a setting has all of these words in its name or description. */
export function isAbout({ key, describe, variable }: Setting, text: string): boolean {
  const all = `${key} ${describe} ${variable ?? ''}`.toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}

/** The value as a field shows it: lists one item per line, no value as nothing. */
export function fieldText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.join('\n')
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : `${value}`
}

/** What was typed, as `config.set` takes it. */
export const typedValue = (type: string, text: string): string =>
  type === 'string[]'
    ? JSON.stringify(
        text
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean),
      )
    : text.trim()

/** A value in one line, for people. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'not set'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'none' : JSON.stringify(value)
  return `${value}`
}
