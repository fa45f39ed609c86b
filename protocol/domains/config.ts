/** Settings of config.toml, as they are in force (environment overrides included). */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'

export const Setting = lazily(() =>
  z.object({
    key: z.string(),
    /** As written by its origin: `~` is not expanded. */
    value: z.unknown(),
    /** What decides the value now. */
    origin: z.enum(['default', 'file', 'environment']),
    /** Where in the file, when the file decides. */
    line: z.int().nullable(),
    default: z.unknown(),
    type: z.string(),
    /** Of numbers; null for others. */
    min: z.number().nullable(),
    max: z.number().nullable(),
    /** Of a choice between words; null for others. */
    choices: z.array(z.string()).readonly().nullable(),
    /** Whether a change counts at once or after a restart. */
    applies: z.enum(['at once', 'restart']),
    describe: z.string(),
    /** Environment variable that overrides the file; null when there is none. */
    variable: z.string().nullable(),
    aliases: z.array(z.string()).readonly(),
  }),
)

export const configMethods = {
  'config.list': defineMethod({
    summary: 'All settings with value, default and origin.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({
        file: z.string(),
        items: z.array(Setting()),
        total: z.int(),
        /** Keys of the file that smd does not know; kept, but without effect. */
        warnings: z.array(z.string()),
      }),
    errors: ['config.invalid', 'config.syntax'],
  }),
  'config.get': defineMethod({
    summary: 'One setting.',
    kind: 'query',
    since: 1,
    params: () => z.object({ key: z.string() }),
    result: () => Setting(),
    errors: ['config.unknown_key', 'config.invalid', 'config.syntax'],
  }),
  'config.set': defineMethod({
    summary: 'Write one setting to config.toml; everything else in the file stays as it is.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        key: z.string(),
        /** As typed: `360`, `true`, `a,b`; read according to the setting. */
        value: z.string(),
      }),
    result: () => Setting(),
    errors: ['config.unknown_key', 'config.invalid', 'config.syntax', 'config.locked'],
  }),
  'config.unset': defineMethod({
    summary: 'Remove one setting from config.toml, so that its default counts.',
    kind: 'command',
    since: 1,
    params: () => z.object({ key: z.string() }),
    result: () => Setting(),
    errors: ['config.unknown_key', 'config.syntax', 'config.locked'],
  }),
}
