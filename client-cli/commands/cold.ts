/** All other commands; loaded together, because help and completion need them all. */
import type { Command } from '../command.ts'
import { startCommand } from './start.ts'
import { stopCommand } from './stop.ts'

export const coldCommands: readonly Command[] = [startCommand, stopCommand]
