/** The page in the browser and other HTTP clients: where it is, and who is let in. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { AbsolutePath, EpochMs } from '../primitives.ts'
import { accessScopes } from '../vocabulary.ts'

const AccessToken = lazily(() =>
  z.object({
    /** Its first characters, by which it can be told from others. */
    id: z.string(),
    name: z.string(),
    scope: z.enum(accessScopes),
    createdAt: EpochMs,
    /** Null when it has no end. */
    expiresAt: EpochMs.nullable(),
    /** To the day; null when it never was. */
    lastUsedAt: EpochMs.nullable(),
  }),
)

export const webMethods = {
  'web.status': defineMethod({
    summary: 'Where the page is served, and how many browsers are signed in.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({
        /** Null when it is not served. */
        url: z.string().nullable(),
        port: z.int().nullable(),
        /** Why it is not served, or not where the settings say; null when all is well. */
        problem: z.string().nullable(),
        sessions: z.int().nonnegative(),
        /** Connected pages. */
        connections: z.int().nonnegative(),
      }),
    errors: [],
  }),
  'web.link': defineMethod({
    summary: 'An address that signs one browser in; it works once, for a minute.',
    kind: 'command',
    scope: 'admin',
    secret: true,
    since: 1,
    params: () =>
      z.object({
        /** Page to open, e.g. `/projects`. */
        path: z
          .string()
          .max(2000)
          .regex(/^\/(?!\/)/)
          .default('/'),
        /** Also as a file that leads there, to be handed to a browser: addresses stand in the list of processes. */
        asFile: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        url: z.string(),
        expiresAt: EpochMs,
        /** Gone when the address is. */
        file: AbsolutePath.nullable(),
      }),
    errors: ['web.not_served'],
  }),
  'web.signout': defineMethod({
    summary: 'End the sessions of all browsers.',
    kind: 'command',
    scope: 'admin',
    since: 1,
    params: () => z.object({}),
    result: () => z.object({ ended: z.int().nonnegative() }),
    errors: [],
  }),
  'tokens.create': defineMethod({
    summary: 'Make a token with which a program may use the daemon over HTTP; it is told this once.',
    kind: 'command',
    scope: 'admin',
    secret: true,
    since: 1,
    params: () =>
      z.object({
        name: z.string().trim().min(1).max(100),
        scope: z.enum(accessScopes).default('read'),
        /** After how many days it ends; 0 for never. */
        days: z.int().min(0).max(3650).default(90),
      }),
    result: () => AccessToken().extend({ token: z.string() }),
    errors: ['token.exists', 'token.file_damaged'],
  }),
  'tokens.list': defineMethod({
    summary: 'All tokens, newest first; never the tokens themselves.',
    kind: 'query',
    scope: 'admin',
    since: 1,
    params: () => z.object({}),
    result: () => z.object({ items: z.array(AccessToken()) }),
    errors: ['token.file_damaged'],
  }),
  'tokens.revoke': defineMethod({
    summary: 'End a token, and the connections that were made with it.',
    kind: 'command',
    scope: 'admin',
    since: 1,
    params: () =>
      z.object({
        /** Id or name. */
        token: z.string().min(1).max(100),
      }),
    result: () => AccessToken(),
    errors: ['token.not_found', 'token.file_damaged'],
  }),
}
