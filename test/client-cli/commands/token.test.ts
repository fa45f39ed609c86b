/** The token commands with a faked client: what they ask for, what they print, how they end. */
import { describe, expect, it } from 'vitest'
import { tokenCreateCommand } from '../../../client-cli/commands/token/create.ts'
import { tokenListCommand } from '../../../client-cli/commands/token/list.ts'
import { tokenRevokeCommand } from '../../../client-cli/commands/token/revoke.ts'
import type { Token } from '../../../client-cli/commands/token/token-text.ts'
import { cachedNames } from '../../../client-cli/completion/names.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

const DAY = 86_400_000
/** Commands tell the time themselves; half a minute more or less changes nothing of what they print. */
const now = Date.now()
const text = `smd_abc123${'x'.repeat(37)}`
const token = (own: Partial<Token> = {}): Token => ({
  id: 'smd_abc123',
  name: 'dashboard',
  scope: 'read',
  createdAt: now - 3 * DAY,
  expiresAt: now + 87 * DAY,
  lastUsedAt: now - 3_600_000,
  ...own,
})

describe('token create', () => {
  it('prints the token alone on stdout, and what to do with it beside', async () => {
    const answers = { 'tokens.create': { ...token({ expiresAt: now + 90 * DAY }), token: text } }
    const { terminal, calls, done } = runWithFakeClient(tokenCreateCommand, { name: 'dashboard' }, answers)
    expect(await done).toBe(0)
    expect(calls).toEqual([['tokens.create', { name: 'dashboard' }]])
    expect(terminal.stdout()).toBe(`${text}\n`)
    expect(terminal.stderr()).toBe(
      'Scope read, ends in 90 d. It is not shown again.\n' +
        'Send it with each request: Authorization: Bearer TOKEN\n' +
        'Take it back with: smd token revoke smd_abc123\n',
    )
  })

  it('asks for the scope and the days it is given, and prints the answer with --json', async () => {
    const answers = { 'tokens.create': { ...token({ scope: 'admin', expiresAt: null }), token: text } }
    const args = { name: 'ci', scope: 'admin', days: 0 } as const
    const { terminal, calls, done } = runWithFakeClient(tokenCreateCommand, args, answers, { json: true })
    await done
    expect(calls).toEqual([['tokens.create', args]])
    expect(JSON.parse(terminal.stdout())).toMatchObject({ schema: 1, token: text, expiresAt: null })
    const plain = runWithFakeClient(tokenCreateCommand, args, answers)
    await plain.done
    expect(plain.terminal.stderr()).toContain('Scope admin, ends never.')
  })
})

describe('token list', () => {
  it('prints what each may do and when it ends', async () => {
    const items = [
      token(),
      token({ id: 'smd_def456', name: 'ci', scope: 'write', expiresAt: null, lastUsedAt: null }),
      token({ id: 'smd_ghi789', name: 'old', expiresAt: now - 2 * DAY, lastUsedAt: now - 5 * DAY }),
    ]
    const { terminal, done } = runWithFakeClient(tokenListCommand, {}, { 'tokens.list': { items } })
    expect(await done).toBe(0)
    expect(terminal.stdout()).toMatchInlineSnapshot(`
      "ID          NAME       MAY    MADE     ENDS     LAST USED
      smd_abc123  dashboard  read   3 d ago  in 87 d  today
      smd_def456  ci         write  3 d ago  never    never
      smd_ghi789  old        read   3 d ago  2 d ago  5 d ago
      "
    `)
  })

  it('says how to make the first one', async () => {
    const { terminal, done } = runWithFakeClient(tokenListCommand, {}, { 'tokens.list': { items: [] } })
    expect(await done).toBe(0)
    expect(terminal.stdout()).toBe('')
    expect(terminal.stderr()).toBe('No tokens yet. Make one with: smd token create NAME\n')
    const json = runWithFakeClient(tokenListCommand, {}, { 'tokens.list': { items: [] } }, { json: true })
    await json.done
    expect(JSON.parse(json.terminal.stdout())).toEqual({ schema: 1, items: [], total: 0 })
  })
})

describe('token revoke', () => {
  it('says which one it was', async () => {
    const answers = { 'tokens.revoke': token() }
    const { terminal, calls, done } = runWithFakeClient(tokenRevokeCommand, { token: 'smd_abc123' }, answers)
    expect(await done).toBe(0)
    expect(calls).toEqual([['tokens.revoke', { token: 'smd_abc123' }]])
    expect(terminal.stdout()).toBe('The token dashboard (smd_abc123) lets nobody in any more.\n')
  })

  it('completes the names with what each may do', async () => {
    const items = [token(), token({ name: 'ci', scope: 'write' })]
    const call = (async () => ({ items })) as unknown as Parameters<typeof cachedNames>[0]
    expect(await cachedNames(call, 'token', 'da')).toEqual([{ value: 'dashboard', what: 'read' }])
  })
})
