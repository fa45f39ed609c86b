import type { ParamsOf } from '../../../../protocol/methods.ts'

/** Types that are added to a collection one by one. */
export type AddedType = NonNullable<ParamsOf<'collections.add'>['type']>
export const addedTypes: readonly AddedType[] = ['skill', 'command', 'agent', 'hook', 'mcp']
