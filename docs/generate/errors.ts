import { type ErrorSpec, ExitCode, errors } from '../../protocol/errors.ts'
import { code, page, table } from './markdown.ts'

export const exitMeanings: Record<keyof typeof ExitCode, string> = {
  ok: 'success',
  failure: 'failure',
  usage: 'wrong use: unknown command, bad value',
  notFound: 'what was asked for does not exist',
  conflict: 'conflict with what is there',
  permission: 'the system forbids it',
  outdated: 'something is outdated (`smd outdated --exit-code`)',
}

export function errorsPage(): string {
  const rows = Object.entries<ErrorSpec>(errors).toSorted(
    ([, a], [, b]) => Number(a.number > 0) - Number(b.number > 0) || a.number - b.number,
  )
  return page({
    title: 'Errors',
    description: 'Every failure smd reports, with its number, exit code, HTTP status and what to do.',
    source: 'protocol/errors.ts',
    body: [
      'A failure has a slug that never changes its meaning. Over JSON-RPC it arrives as `error` with the number as',
      '`code`, the sentence as `message`, and `data` = `{ slug, hint, details }`; with `--json` the command line prints',
      '`{"schema":1,"error":{slug,message,hint,details}}`. `{name}` stands for a member of `details`. Numbers from -32768',
      'to -32000 have the meaning JSON-RPC 2.0 gives them.',
      '',
      '## Exit codes',
      '',
      ...table(
        ['Exit code', 'Meaning'],
        Object.entries(ExitCode).map(([name, exit]) => [
          `${exit}`,
          exitMeanings[name as keyof typeof ExitCode],
        ]),
      ),
      '## Table',
      '',
      ...table(
        ['Slug', 'Number', 'Exit', 'HTTP', 'What happened', 'What to do'],
        rows.map(([slug, { number, exit, http, text, hint }]) => [
          code(slug),
          `${number}`,
          `${exit}`,
          `${http}`,
          text,
          hint,
        ]),
      ),
    ],
  })
}
