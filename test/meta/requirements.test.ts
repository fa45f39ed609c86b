import { describe, expect, it } from 'vitest'
import { read, sourceFiles } from './sources.ts'

/** Requirements that the code so far has to meet, by the ids of the requirements document. */
const required = {
  'CACHE-1.1': 'abcd',
  'CACHE-1.2': 'abc',
  'CACHE-1.3': 'abcde',
  'CACHE-1.4': 'abcdefgh',
  'CACHE-1.5': 'abc',
  'CACHE-2.1': 'abcdefghi',
  'CACHE-2.2': 'abcdefgh',
  'CACHE-2.3': 'abcdefgh',
  'CACHE-2.4': 'abcdefg',
  'CACHE-2.5': 'abc',
  'CACHE-3.1': 'abcd',
  'CACHE-3.2': 'abcd',
  'CACHE-3.3': 'abcde',
  'CACHE-3.4': 'abc',
  'CACHE-3.5': 'ab',
  'CACHE-4.1': 'abcd',
  'CACHE-4.2': 'abcde',
  'CACHE-4.3': 'abc',
  'CACHE-4.4': 'ab',
  'CACHE-5.1': 'c',
  'CACHE-5.2': 'abcd',
  'CACHE-5.3': 'ab',
  'CACHE-5.4': 'abc',
  'MP-1': '12345',
  'MP-2': '1234',
  'MP-3': '123',
  'MP-4': '1234',
}

/** Shown by `npm run bench`, `npm run bench:web` and `npm run coverage`. */
const measured = ['CACHE-1.5a', 'CACHE-3.1c', 'CACHE-3.3a', 'CACHE-4.1a', 'CACHE-5.4c']

describe('the requirements', () => {
  it('are each named by the test that proves them', () => {
    const names = sourceFiles('test')
      .filter((file) => /\.test\.tsx?$/.test(file) && file !== 'test/meta/requirements.test.ts')
      .flatMap((file) => read(file).match(/CACHE-\d\.\d[a-z]|MP-\d\.\d/g) ?? [])
    const missing = Object.entries(required).flatMap(([id, parts]) =>
      [...parts]
        .map((part) => (id.startsWith('MP') ? `${id}.${part}` : id + part))
        .filter((full) => !names.includes(full)),
    )
    expect(missing.filter((id) => !measured.includes(id))).toEqual([])
  })
})
