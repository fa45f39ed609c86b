import { describe, expect, it } from 'vitest'
import { checkValue, describeValue, expectation, parseText } from '../../../../daemon/kernel/config/value.ts'
import { type SettingKey, settingSpec } from '../../../../protocol/settings.ts'

const check = (key: SettingKey, raw: unknown) => checkValue(settingSpec(key), raw)
const parse = (key: SettingKey, text: string) => parseText(settingSpec(key), text)

describe('checkValue', () => {
  it.each([
    ['cache.ttl_minutes', 1, 1],
    ['cache.ttl_minutes', '360', 360],
    ['cache.enabled', false, false],
    ['cache.path', '/a/cache.db', '/a/cache.db'],
    ['cache.path', '~/cache.db', '~/cache.db'],
    ['cache.path', 'C:\\x\\cache.db', 'C:\\x\\cache.db'],
    ['scan.max_main_file_mb', 0.5, 0.5],
    ['projects.include', [], []],
    ['projects.include', ['~', '/b'], ['~', '/b']],
    ['discovery.skip', ['vendor'], ['vendor']],
    ['log.level', 'warn', 'warn'],
    ['agents', { mine: {} }, { mine: {} }],
  ] as const)('accepts %s = %j', (key, raw, value) => {
    expect(check(key, raw)).toEqual({ value })
  })

  it.each([
    ['cache.ttl_minutes', 0],
    ['cache.ttl_minutes', 1.5],
    ['cache.ttl_minutes', Number.NaN],
    ['cache.ttl_minutes', Number.POSITIVE_INFINITY],
    ['cache.ttl_minutes', 9223372036854775807n],
    ['cache.ttl_minutes', 'soon'],
    ['cache.ttl_minutes', ''],
    ['cache.ttl_minutes', true],
    ['cache.max_size_mb', '500'],
    ['cache.enabled', 'true'],
    ['cache.enabled', 1],
    ['cache.path', ''],
    ['cache.path', 'cache.db'],
    ['cache.path', '~ann/cache.db'],
    ['cache.path', '/a\0b'],
    ['cache.path', '/a\ud800'],
    ['cache.path', ['/a']],
    ['projects.include', '/a'],
    ['projects.include', ['/a', 1]],
    ['projects.include', ['a']],
    ['discovery.skip', ['']],
    ['log.level', 'loud'],
    ['agents', []],
    ['agents', new Date(0)],
  ] as const)('refuses %s = %s', (key, raw) => {
    expect(check(key, raw)).toBeNull()
  })
})

describe('parseText', () => {
  it.each([
    ['cache.ttl_minutes', ' 15 ', 15],
    ['scan.max_main_file_mb', '0.5', 0.5],
    ['cache.enabled', 'TRUE', true],
    ['cache.enabled', 'Yes', true],
    ['cache.enabled', 'on', true],
    ['cache.enabled', '1', true],
    ['cache.enabled', 'False', false],
    ['cache.enabled', 'no', false],
    ['cache.enabled', 'OFF', false],
    ['cache.enabled', '0', false],
    ['log.level', 'WARN', 'warn'],
    ['discovery.skip', 'a, b ,,c', ['a', 'b', 'c']],
    ['discovery.skip', '', []],
    ['discovery.skip', '["a,b", " c"]', ['a,b', ' c']],
    ['cache.path', '/a b/cache.db', '/a b/cache.db'],
  ] as const)('reads %s from "%s"', (key, text, value) => {
    expect(parse(key, text)).toEqual({ value })
  })

  it.each([
    ['cache.ttl_minutes', 'abc'],
    ['cache.ttl_minutes', '0x10'],
    ['cache.ttl_minutes', '1e3'],
    ['cache.ttl_minutes', ''],
    ['cache.ttl_minutes', '1.5'],
    ['cache.enabled', 'maybe'],
    ['cache.enabled', ''],
    ['discovery.skip', '["a"'],
    ['discovery.skip', '[1]'],
    ['projects.include', 'here'],
    ['agents', '{}'],
  ] as const)('refuses %s from "%s"', (key, text) => {
    expect(parse(key, text)).toBeNull()
  })
})

describe('expectation and describeValue', () => {
  it('say what is expected and what is there', () => {
    expect(expectation(settingSpec('cache.ttl_minutes'))).toBe('a whole number from 1 to 525600')
    expect(expectation(settingSpec('scan.max_main_file_mb'))).toBe('a number from 0.01 to 256')
    expect(expectation(settingSpec('cache.enabled'))).toBe('true or false')
    expect(expectation(settingSpec('cache.path'))).toBe('a path that is absolute or begins with ~/')
    expect(expectation(settingSpec('projects.include'))).toBe(
      'a list of paths that are absolute or begin with ~/',
    )
    expect(expectation(settingSpec('discovery.skip'))).toBe('a list of texts')
    expect(expectation(settingSpec('log.level'))).toBe('one of debug, info, warn, error')
    expect(expectation(settingSpec('agents'))).toBe('a table')
    expect(describeValue('x')).toBe('"x"')
    expect(describeValue(1n)).toBe('1')
    expect(describeValue(Number.NaN)).toBe('NaN')
    expect(describeValue(new Date(0))).toBe('the date 1970-01-01T00:00:00.000Z')
    expect(describeValue({})).toBe('a table')
    expect(describeValue([{}])).toBe('a list of tables')
    expect(describeValue([1n, 'a'])).toBe('["1","a"]')
    expect(describeValue('y'.repeat(100))).toHaveLength(60)
    expect(describeValue(null)).toBe('null')
    expect(describeValue(undefined)).toBe('undefined')
  })
})
