import { SmdError } from '../../protocol/errors.ts'
import type { ParamsOf } from '../../protocol/methods.ts'
import { defineCommand } from '../command.ts'
import { READING, saying } from '../refresh-bar.ts'
import { filterArgs, toFilter } from './filters.ts'

const { type, project } = filterArgs

export const similarCommand = defineCommand({
  name: 'similar',
  summary: 'List artifacts that hold nearly the same as one of them',
  examples: [
    ['smd similar code-review', 'The ten most alike, by their words'],
    ['smd similar code-review --min 0.8 --json', 'For a script: only near copies'],
  ],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Name or id', complete: 'artifact' },
    type,
    project,
    limit: {
      type: 'number',
      alias: 'l',
      min: 1,
      max: 200,
      describe: 'How many to print at most (default: 10)',
    },
    min: { type: 'string', alias: 'm', describe: 'How alike at least, 0 to 1 (default: 0.3)' },
  },
  async run({ call, io, cwd }, { name, limit, min, ...args }) {
    const params = {
      ...toFilter(args, cwd),
      name,
      limit,
      min: shareOf(min, '--min', 0),
    } as ParamsOf<'contents.similar'>
    const found = await saying(io, READING, call('contents.similar', params))
    if (io.json) return io.value(found)
    if (found.items.length === 0) return io.note(`Nothing is like ${found.artifact.name}.`)
    await io.table(found.items, [
      { title: 'ALIKE', text: ({ likeness }) => percent(likeness) },
      { title: 'NAME', text: ({ artifact }) => artifact.name, style: () => 'bold', shrink: 16 },
      { title: 'TYPE', text: ({ artifact }) => artifact.type },
      { title: 'PROJECT', text: ({ artifact }) => artifact.project?.name ?? artifact.scope, shrink: 10 },
      { title: 'COPIES', text: ({ copies }) => String(copies) },
    ])
  },
})

/** A share as typed, with a point or as a percentage. Errors: `cli.usage` for what is none from `from` to 1. */
export function shareOf(text: string | undefined, option: string, from: number): number | undefined {
  if (text === undefined) return undefined
  const [, digits = '', sign] = /^\s*(\d*\.?\d+)\s*(%?)\s*$/.exec(text) ?? []
  const share = digits === '' ? Number.NaN : Number(digits) / (sign === '%' ? 100 : 1)
  if (share >= from && share <= 1) return share
  const reason = `${option} must be a number from ${from} to 1, or a percentage.`
  throw new SmdError('cli.usage', { reason, usage: `${option} 0.9` })
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`
