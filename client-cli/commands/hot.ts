/** Commands typed all day: part of the first file that is loaded, so that they need no other. */
import type { Command } from '../command.ts'
import { listCommand } from './list.ts'
import { searchCommand } from './search.ts'
import { showCommand } from './show.ts'
import { statusCommand } from './status.ts'

export const hotCommands: readonly Command[] = [listCommand, searchCommand, showCommand, statusCommand]
