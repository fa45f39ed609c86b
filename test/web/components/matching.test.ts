import { describe, expect, it } from 'vitest'
import { type Choice, matching } from '../../../web/src/components/palette/matching.ts'

const choice = (name: string, kind = 'Go to', detail = ''): Choice => ({
  name,
  kind,
  detail,
  act: () => undefined,
})
const choices = [
  choice('Overview'),
  choice('Matrix'),
  choice('Dark colours', 'Do'),
  choice('api', 'Project', '/home/ada/code/matrix-api'),
]
const names = (text: string): string[] => matching(text, choices).map(({ name }) => name)

describe('what the palette offers', () => {
  it('offers everything before something is typed', () => expect(names('')).toHaveLength(4))
  it('puts names that begin with the text first, details last', () =>
    expect(names('mat')).toEqual(['Matrix', 'api']))
  it('takes words in any order and case, across name, kind and detail', () =>
    expect([names('COLOURS dark'), names('project api')]).toEqual([['Dark colours'], ['api']]))
  it('offers nothing for what is nowhere', () => expect(names('zzz')).toEqual([]))
})
