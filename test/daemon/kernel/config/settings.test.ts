import { describe, expect, it } from 'vitest'
import { resolveSettings } from '../../../../daemon/kernel/config/schema.ts'
import { getSetting, listSettings, parseSetting } from '../../../../daemon/kernel/config/settings.ts'
import { parseToml } from '../../../../daemon/kernel/config/toml.ts'
import { settingKeys } from '../../../../protocol/settings.ts'

const file = '/c/config.toml'
const resolved = resolveSettings(
  { toml: parseToml('[cache]\npath = "~/c.db"\n', file), file },
  { FEATURE_CACHE_ENABLED: 'off' },
  '/home/ann',
)

describe('listSettings', () => {
  it('has one row per setting, in the order of the table', () => {
    expect(listSettings(resolved).map(({ key }) => key)).toEqual(settingKeys)
  })
})

describe('getSetting', () => {
  it('tells value, default and what decides (CACHE-4.2d)', () => {
    expect(getSetting(resolved, 'cache-ttl')).toEqual({
      key: 'cache.ttl_minutes',
      value: 360,
      default: 360,
      origin: 'default',
      line: null,
      variable: 'SMD_CACHE_TTL_MINUTES',
      describe: 'Minutes after which a project counts as stale and is read again.',
      type: 'integer',
      min: 1,
      max: 525_600,
      choices: null,
      applies: 'at once',
      aliases: ['cache.cache-ttl', 'cache-ttl'],
    })
    expect(getSetting(resolved, 'cache.path')).toMatchObject({ value: '~/c.db', origin: 'file', line: 2 })
    expect(getSetting(resolved, 'cache.enabled')).toMatchObject({ value: false, origin: 'environment' })
    expect(() => getSetting(resolved, 'cache')).toThrow('There is no setting "cache".')
  })
})

describe('parseSetting', () => {
  it.each([
    ['cache-ttl', '360', 360],
    ['cache.enabled', 'no', false],
    ['projects.include', '/a,~/b', ['/a', '~/b']],
    ['projects.include', '["/a,b"]', ['/a,b']],
    ['log.level', 'Debug', 'debug'],
  ])('reads %s from %s (CACHE-4.2d)', (name, text, value) => {
    expect(parseSetting(name, text)).toEqual(value)
  })

  it.each([
    ['cache-ttl', 'soon', 'cache.ttl_minutes is "soon", expected a whole number from 1 to 525600.'],
    ['cache.enabled', 'maybe', 'cache.enabled is "maybe", expected true or false.'],
    ['agents', 'x', 'agents is "x", expected a table, which is changed in the file itself.'],
  ])('refuses %s from %s and says what was expected', (name, text, message) => {
    expect(() => parseSetting(name, text)).toThrow(message)
  })
})
