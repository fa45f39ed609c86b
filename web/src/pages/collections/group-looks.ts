/** How groups look: the colours that have names, and the icons the page can draw. */
import type { groupColors } from '../../../../protocol/vocabulary.ts'

export type GroupColor = (typeof groupColors)[number]

/** `#rrggbb` of the colours that have names. */
export const colorValues: Record<GroupColor, string> = {
  slate: '#64748b',
  gray: '#6b7280',
  red: '#ef4444',
  orange: '#f97316',
  amber: '#f59e0b',
  yellow: '#eab308',
  lime: '#84cc16',
  green: '#22c55e',
  emerald: '#10b981',
  teal: '#14b8a6',
  cyan: '#06b6d4',
  sky: '#0ea5e9',
  blue: '#3b82f6',
  indigo: '#6366f1',
  violet: '#8b5cf6',
  purple: '#a855f7',
  fuchsia: '#d946ef',
  pink: '#ec4899',
  rose: '#f43f5e',
}

/** `#rrggbb` of a colour as a manifest has it; that of `slate` for what is none. */
export function colorValue(color: string): string {
  if (isHexColor(color)) return color
  return Object.hasOwn(colorValues, color) ? colorValues[color as GroupColor] : colorValues.slate
}

export const isHexColor = (color: string): boolean => /^#[0-9a-f]{6}$/i.test(color)

/** Lines on a field of 16 by 16. */
export const groupIcons: Record<string, string> = {
  layers: 'M8 2 14 5 8 8 2 5zM2 8l6 3 6-3M2 11l6 3 6-3',
  folder: 'M2 4h5l1.5 2H14v7H2z',
  star: 'm8 2 1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z',
  tag: 'M2 2h6l6 6-6 6-6-6zM5 5h.01',
  book: 'M8 4C6 2.5 4 2.5 2 3v10c2-.5 4-.5 6 1 2-1.5 4-1.5 6-1V3c-2-.5-4-.5-6 1zm0 0v10',
  code: 'M5 4 1.5 8 5 12M11 4l3.5 4-3.5 4M9 3 7 13',
  bug: 'M5 6a3 3 0 0 1 6 0v4a3 3 0 0 1-6 0zM5 8H2m12 0h-3M5 5 3 3m8 2 2-2M5 11l-2 2m8-2 2 2',
  shield: 'M8 1.5 13.5 4v4c0 3-2.5 5.5-5.5 6.5C5 13.5 2.5 11 2.5 8V4z',
  wrench: 'M13.5 4.5 11 7 9 5l2.5-2.5a3.5 3.5 0 0 0-4.5 4.5L2 12l2 2 5-5a3.5 3.5 0 0 0 4.5-4.5',
  database: 'M2.5 4c0-3 11-3 11 0v8c0 3-11 3-11 0zm0 0c0 3 11 3 11 0m-11 4c0 3 11 3 11 0',
  globe: 'M8 14A6 6 0 1 1 8 2a6 6 0 0 1 0 12M2 8h12M8 2c-3.5 4-3.5 8 0 12 3.5-4 3.5-8 0-12',
  zap: 'M9 1.5 3 9.5h4l-1 5 6.5-8h-4.5z',
}
