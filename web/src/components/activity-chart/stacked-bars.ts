import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import './stacked-bars.css'
import type { ActivityDay } from './activity-chart.tsx'

/** Height in pixels. */
const HEIGHT = 160
/** A day in seconds, which is what the chart counts in. */
const DAY = 86_400

export type StackedBars = {
  setDays(days: readonly ActivityDay[]): void
  destroy(): void
}

/**
 * Draws a bar for each day: added below, then changed, then removed. Follows the width of `element` and the theme of the
 * page. `onHover` gets the index of the day under the pointer, or null.
 */
export function drawStackedBars(
  element: HTMLElement,
  days: readonly ActivityDay[],
  onHover: (index: number | null) => void,
): StackedBars {
  const chart = new UPlot(optionsFor(element.clientWidth, onHover), stacked(days), element)
  const resize = new ResizeObserver(() => {
    if (element.clientWidth > 0) chart.setSize({ width: element.clientWidth, height: HEIGHT })
  })
  resize.observe(element)
  const theme = new MutationObserver(() => chart.redraw(false))
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return {
    setDays: (next) => chart.setData(stacked(next)),
    destroy() {
      resize.disconnect()
      theme.disconnect()
      chart.destroy()
    },
  }
}

/** Sums, the highest first: bars are painted over each other. */
function stacked(days: readonly ActivityDay[]): UPlot.AlignedData {
  return [
    days.map(({ at }) => at / 1_000),
    days.map(({ added, changed, removed }) => added + changed + removed),
    days.map(({ added, changed }) => added + changed),
    days.map(({ added }) => added),
  ]
}

const colour = (name: string) => () =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function optionsFor(width: number, onHover: (index: number | null) => void): UPlot.Options {
  const bars = UPlot.paths.bars?.({ size: [0.7, 40] })
  const series = (name: string): UPlot.Series => ({
    fill: colour(name),
    width: 0,
    points: { show: false },
    ...(bars && { paths: bars }),
  })
  const axis: UPlot.Axis = {
    stroke: colour('--text-muted'),
    grid: { stroke: colour('--border'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  }
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false }, points: { show: false } },
    scales: {
      x: { range: (_, min, max) => [min - DAY / 2, max + DAY / 2] },
      y: { range: (_, __, max) => [0, Math.max(1, max)] },
    },
    axes: [
      { ...axis, grid: { show: false }, values: (_, at) => at.map(dayText), incrs: dayIncrements },
      { ...axis, size: 40, incrs: countIncrements },
    ],
    series: [{}, series('--danger'), series('--info'), series('--ok')],
    hooks: { setCursor: [({ cursor }) => onHover(cursor.idx ?? null)] },
  }
}

const dayIncrements = [1, 2, 3, 7, 14, 28, 56].map((days) => days * DAY)
/** Whole numbers only. */
const countIncrements = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].flatMap((n) => [n, 2 * n, 5 * n])

const dates = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const dayText = (seconds: number): string => dates.format(seconds * 1_000)
