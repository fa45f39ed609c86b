// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables as settings write them
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  looksSecret,
  namesSecret,
  redactNamed,
  redactText,
  redactUrl,
  redactValue,
} from '../../../../daemon/kernel/secrets/redact.ts'

/** A secret with letters and digits, as providers make them. */
const random = fc
  .string({
    unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGH23456789'),
    minLength: 24,
    maxLength: 60,
  })
  .filter((text) => /\d.*\d/.test(text) && /[a-zA-Z].*[a-zA-Z]/.test(text))

describe('redactText', () => {
  it('hides tokens of smd itself, whatever their characters, and leaves their ids', () => {
    const base64url = fc.string({
      unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_'),
      minLength: 43,
      maxLength: 43,
    })
    fc.assert(
      fc.property(base64url, (text) => {
        for (const redact of [redactText, redactNamed])
          expect(redact(`/api/v1/x smd_${text} failed`)).toBe('/api/v1/x *** failed')
      }),
    )
    expect(redactText('smd_a1B2c3 was revoked')).toBe('smd_a1B2c3 was revoked')
  })

  it('hides random secrets wherever a command may hold them', () => {
    const places: Array<(secret: string) => string> = [
      (s) => `curl -H "Authorization: Bearer ${s}" https://api.example.com`,
      (s) => `curl -H 'Authorization: token ${s}' x`,
      (s) => `MY_API_KEY=${s} node run.js`,
      (s) => `tool --token ${s} --verbose`,
      (s) => `tool --api-key=${s}`,
      (s) => `curl -u me:${s} host`,
      (s) => `git clone https://user:${s}@example.com/repo.git`,
      (s) => `open https://example.com/hook?key=${s}`,
      (s) => `post https://hooks.example.com/services/${s}`,
      (s) => `echo ghp_${s}`,
      (s) => `run ${s}`,
    ]
    fc.assert(
      fc.property(random, fc.constantFrom(...places), (secret, place) => {
        expect(redactText(place(secret))).not.toContain(secret)
      }),
    )
  })

  it('hides secrets that are plain words where their place gives them away', () => {
    for (const text of [
      'PASSWORD=hunter curl x',
      'mysql --password hunter',
      '{"clientSecret": "hunter"}',
      'Authorization: Basic hunter',
      'psql postgres://me:hunter@host/db',
      'psql postgres://me:hun/ter@host/db',
      'curl -u me:hunter host',
    ]) {
      expect(redactText(text)).not.toMatch(/hunter|hun\/ter/)
    }
  })

  it('leaves commands readable', () => {
    for (const text of [
      'python3 "${CLAUDE_PLUGIN_ROOT}/hooks/pretooluse.py"',
      'prettier --write "$CLAUDE_FILE_PATHS"',
      'npx protect-mcp@0.7.4 evaluate --tool "$TOOL_NAME"',
      'TOKEN=$OTHER run --token "${MY_TOKEN}"',
      'git diff --name-only HEAD~1 | xargs eslint --fix',
      'Requires TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID environment variables.',
    ]) {
      expect(redactText(text)).toBe(text)
    }
  })
})

describe('redactUrl', () => {
  it('keeps scheme, host and path only', () => {
    expect(redactUrl('https://u:p@mcp.example.com:8443/v1/mcp?token=1#x')).toBe(
      'https://mcp.example.com:8443/v1/mcp',
    )
    expect(redactUrl('https://mcp.example.com/s/NDQ4abc123def456ghi789/mcp')).toBe(
      'https://mcp.example.com/s/***/mcp',
    )
    expect(redactUrl('https://<HOST>/mcp')).toBe('https://<HOST>/mcp')
    expect(redactUrl('https://registry.npmjs.org/@scope/pkg')).toBe('https://registry.npmjs.org/@scope/pkg')
  })
})

describe('looksSecret', () => {
  it('tells keys from names and versions', () => {
    for (const word of [
      'sk-proj-abcdefghijklmnop',
      '0123abcd0123abcd0123abcd',
      '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    ]) {
      expect(looksSecret(word)).toBe(true)
    }
    for (const word of [
      '@modelcontextprotocol/server-filesystem',
      'firebase-tools@latest',
      'mcp',
      'api',
      'v1.2.3',
    ]) {
      expect(looksSecret(word)).toBe(false)
    }
  })
})

describe('namesSecret, redactValue', () => {
  it('tells keys whose value is a secret from those that only sound like it', () => {
    for (const key of [
      ...[
        'api_key',
        'apiKey',
        'APIKEY',
        'OPENAI_API_KEY',
        'x-api-key',
        'token',
        'accessToken',
        'GITHUB_TOKEN',
      ],
      ...[
        'password',
        'dbPassword',
        'client_secret',
        'X-Auth',
        'Authorization',
        'cookie',
        'credentials',
        'tokens',
      ],
    ])
      expect(namesSecret(key), key).toBe(true)
    for (const key of [
      'author',
      'authors',
      'authenticity',
      'tokenizer',
      'model',
      'secretary',
      'passwordless',
      'key',
    ])
      expect(namesSecret(key), key).toBe(false)
  })

  it('hides a word under such a key, leaves a reference, and looks into texts under others', () => {
    expect(redactValue('api_key', 'hunter')).toBe('***')
    expect(redactValue('api_key', '${API_KEY}')).toBe('${API_KEY}')
    expect(redactValue('note', 'a hunter')).toBe('a hunter')
    expect(redactValue('note', 'run --token hunter')).toBe('run --token ***')
  })
})
