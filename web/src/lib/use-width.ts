import { createStore, useStore } from './store.ts'

/** How much room there is: a phone, a half window, a whole one. */
export type Width = 'narrow' | 'medium' | 'wide'

const medium = window.matchMedia('(min-width: 720px)')
const wide = window.matchMedia('(min-width: 1100px)')
const now = (): Width => (wide.matches ? 'wide' : medium.matches ? 'medium' : 'narrow')
const width = createStore<Width>(now())
for (const query of [medium, wide]) query.addEventListener('change', () => width.set(now()))

export const useWidth = (): Width => useStore(width)
