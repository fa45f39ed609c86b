import { tokenHandlers } from './tokens-handlers.ts'

export const webHandlers = { ...tokenHandlers }
