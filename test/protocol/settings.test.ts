import { describe, expect, it } from 'vitest'
import { checkValue } from '../../daemon/kernel/config/value.ts'
import { findSetting, settingKeys, settingSpec } from '../../protocol/settings.ts'

describe('settings', () => {
  it.each(settingKeys)('%s has a default of its own type and a whole sentence', (key) => {
    const spec = settingSpec(key)
    if (spec.default !== null) expect(checkValue(spec, spec.default)).toEqual({ value: spec.default })
    expect(spec.describe).toMatch(/^[A-Z].*\.$/)
  })

  it('gives every variable, key and alias to one setting only', () => {
    const variables = settingKeys.flatMap((key) => settingSpec(key).env ?? [])
    expect(new Set(variables).size).toBe(variables.length)
    const names = settingKeys.flatMap((key) => [key, ...(settingSpec(key).aliases ?? [])])
    expect(new Set(names).size).toBe(names.length)
  })

  it('names the time to live, the path, the size and the switch of the cache (CACHE-2.1h, CACHE-6.6b)', () => {
    expect(settingSpec('cache.ttl_minutes').default).toBe(360)
    expect(settingSpec('cache.path').default).toBeNull()
    expect(settingSpec('cache.max_size_mb').default).toBe(500)
    expect(settingSpec('cache.enabled')).toMatchObject({ default: true, env: 'FEATURE_CACHE_ENABLED' })
  })
})

describe('findSetting', () => {
  it.each([
    ['cache.ttl_minutes', 'cache.ttl_minutes'],
    ['cache-ttl', 'cache.ttl_minutes'],
    ['cache.cache-ttl', 'cache.ttl_minutes'],
    ['cache.cache_path', 'cache.path'],
    ['agents', 'agents'],
    ['ttl_minutes', null],
    ['toString', null],
    ['', null],
  ])('finds %s (CACHE-4.2d)', (name, key) => {
    expect(findSetting(name)).toBe(key)
  })
})
