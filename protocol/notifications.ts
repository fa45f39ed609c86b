/** What the daemon sends unasked: JSON-RPC notifications, each a value like a method. */
import { z } from 'zod'
import { lazily } from './method.ts'

export type NotificationSpec<Params extends z.ZodType = z.ZodType> = {
  /** One sentence, for the reference. */
  readonly summary: string
  /** Protocol version that introduced it. */
  readonly since: number
  readonly params: Params
}

function defineNotification<Params extends z.ZodType>({
  params,
  ...rest
}: Omit<NotificationSpec<Params>, 'params'> & { params: () => Params }): NotificationSpec<Params> {
  const lazyParams = lazily(params)
  return {
    ...rest,
    get params() {
      return lazyParams()
    },
  }
}

export const notifications = {
  'daemon.closing': defineNotification({
    summary: 'The daemon ends this connection, and says why.',
    since: 1,
    params: () =>
      z.object({
        /** `stopping`: it shuts down. `too_slow`: this client did not take what was sent to it. */
        reason: z.enum(['stopping', 'too_slow']),
      }),
  }),
}

export type NotificationName = keyof typeof notifications
export type NotificationParams<Name extends NotificationName> = z.output<
  (typeof notifications)[Name]['params']
>
