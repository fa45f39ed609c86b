/** What was given: a member without a value is left out, as whoever changes only some of several wants it. */
export type Given<Params> = {
  [Key in keyof Params as undefined extends Params[Key] ? never : Key]: Params[Key]
} & {
  [Key in keyof Params as undefined extends Params[Key] ? Key : never]?: Exclude<Params[Key], undefined>
}

export const given = <Params extends object>(params: Params): Given<Params> =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)) as Given<Params>
