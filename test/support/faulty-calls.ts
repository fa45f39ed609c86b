/** The real calls of the file system, of which one fails, or from one on all, as if the process had ended. */
import {
  type FileCalls,
  type OperationTools,
  systemCalls,
} from '../../daemon/domains/collections/work/operations/index.ts'

export type Faults = {
  /** Number of the call that fails, from 1 on; 0 for none. */
  failing: number
  /** Every later call fails as well, and a write that fails has written half. */
  crash: boolean
  code?: string
}

export type FaultyTools = { tools: OperationTools; log: string[] }

/** Also what the object store does counts as a call each. `log` lists the calls made. */
export function faultyTools(tools: OperationTools, { failing, crash, code = 'EIO' }: Faults): FaultyTools {
  const log: string[] = []
  const gate = (name: string): void => {
    const number = log.push(name)
    if (number === failing || (crash && number > failing && failing > 0))
      throw Object.assign(new Error(`${name} failed`), { code, path: name })
  }
  const wrap = <Call extends (...args: never[]) => unknown>(name: string, call: Call): Call =>
    (async (...args: Parameters<Call>) => {
      gate(`${name} ${String(args[0]).split('/').slice(-2).join('/')}`)
      return await call(...args)
    }) as unknown as Call
  const calls = Object.fromEntries(
    Object.entries(systemCalls).map(([name, call]) => [name, wrap(name, call as never)]),
  ) as unknown as FileCalls
  calls.open = (async (path: string, flags: string, mode?: number) => {
    gate(`open ${flags} ${path.split('/').slice(-2).join('/')}`)
    const handle = await systemCalls.open(path, flags, mode)
    const { writeFile, chmod, sync, close } = handle
    return Object.assign(handle, {
      writeFile: async (data: string) => {
        try {
          gate('write')
        } catch (error) {
          await writeFile.call(handle, data.slice(0, data.length / 2))
          throw error
        }
        await writeFile.call(handle, data)
      },
      chmod: async (to: number) => {
        gate('fchmod')
        await chmod.call(handle, to)
      },
      sync: async () => {
        gate('fsync')
        await sync.call(handle)
      },
      // Closed in any case, or the test would leak descriptors.
      close: async () => {
        await close.call(handle)
        gate('close')
      },
    })
  }) as never
  const { keep, read, tree, write } = tools.keeper
  const keeper = {
    keep: wrap('keep', keep),
    read: wrap('read', read),
    tree: wrap('tree', tree),
    write: wrap('write tree', write),
  }
  return { tools: { ...tools, calls, keeper }, log }
}
