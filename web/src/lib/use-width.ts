import { createStore, useStore } from './store.ts'

/** How much room there is: a phone, a half window, a whole one, one on a big screen. */
export type Width = 'narrow' | 'medium' | 'wide' | 'huge'

const medium = window.matchMedia('(min-width: 720px)')
const wide = window.matchMedia('(min-width: 1100px)')
const huge = window.matchMedia('(min-width: 1440px)')
const now = (): Width =>
  huge.matches ? 'huge' : wide.matches ? 'wide' : medium.matches ? 'medium' : 'narrow'
const width = createStore<Width>(now())
for (const query of [medium, wide, huge]) query.addEventListener('change', () => width.set(now()))

export const useWidth = (): Width => useStore(width)
