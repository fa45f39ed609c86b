/** Lines on a field of 16 by 16. */
const shapes = {
  overview: 'M2 2h5v7H2zM9 2h5v4H9zM9 8h5v6H9zM2 11h5v3H2z',
  projects: 'M2 4h5l1.5 2H14v7H2z',
  artifacts: 'M8 1.5 14 5v6l-6 3.5L2 11V5zM2 5l6 3.5L14 5M8 8.5V14',
  collections: 'M2 13.5V5h12v8.5zM3.5 5V3h9v2M6 8.5h4',
  deployments: 'M2 9.5V14h12V9.5M8 2v8.5M4.5 7 8 10.5 11.5 7',
  matrix: 'M2 2h12v12H2zM2 6h12M2 10h12M6 2v12M10 2v12',
  outdated: 'M8 14V4M4 8l4-4 4 4M3 1.5h10',
  analytics: 'M2 14V2M2 14h12M5 11V8M8 11V5M11 11V7',
  jobs: 'M8 14A6 6 0 1 1 8 2a6 6 0 0 1 0 12M8 4.5V8l2.5 1.5',
  health: 'M1.5 8h3l2-4.5 3 9 2-4.5h3',
  settings: 'M2 4h7M12 4h2M2 8h2M7 8h7M2 12h6M11 12h3M9 2.5v3h3v-3zM4 6.5v3h3v-3zM8 10.5v3h3v-3z',
  search: 'M7 12A5 5 0 1 1 7 2a5 5 0 0 1 0 10M10.5 10.5 14 14',
  refresh: 'M13.5 8A5.5 5.5 0 1 1 11.8 4M12 1.5V4.5H9',
  menu: 'M2 4h12M2 8h12M2 12h12',
  sun: 'M8 11A3 3 0 1 0 8 5a3 3 0 0 0 0 6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5 6 6 0 1 0 13.5 9.5',
  system: 'M2 3h12v8H2zM6 14h4M8 11v3',
} as const

export type IconName = keyof typeof shapes

/** A small drawing beside words; without words whoever uses it says what it means. */
export const Icon = ({ name, class: className }: { name: IconName; class?: string | undefined }) => (
  <Drawing lines={shapes[name]} class={className} />
)

/** Lines on a field of 16 by 16, in the colour of the text around them. */
export const Drawing = ({ lines, class: className }: { lines: string; class?: string | undefined }) => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.4"
    stroke-linejoin="round"
    stroke-linecap="round"
    aria-hidden="true"
    class={className}
  >
    <path d={lines} />
  </svg>
)
