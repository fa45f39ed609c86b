/** What becomes of files that both sides changed, as somebody decides it. */
import { useState } from 'preact/hooks'
import type { ParamsOf } from '../../../../protocol/methods.ts'
import type { Take } from './drift-words.ts'

export type Rule = NonNullable<ParamsOf<'sync.preview'>['conflicts']>
export type FileChoice = NonNullable<ParamsOf<'sync.preview'>['choices']>[number]

export const rules: Record<Rule, string> = {
  stop: 'Leave conflicts to me',
  mark: 'Write both, with markers',
  ours: 'Keep what is there',
  theirs: 'Take what comes',
}

/** Choices for single files of `type:name`; null takes one back. */
export function useFileChoices(): [
  readonly FileChoice[],
  (ref: string, path: string, take: Take | null) => void,
] {
  const [choices, set] = useState<readonly FileChoice[]>([])
  const choose = (ref: string, path: string, take: Take | null): void =>
    set((before) => [
      ...before.filter((one) => one.artifact !== ref || one.path !== path),
      ...(take === null ? [] : [{ artifact: ref, path, take }]),
    ])
  return [choices, choose]
}
