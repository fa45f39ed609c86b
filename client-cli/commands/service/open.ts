import type { CommandContext } from '../../command.ts'

/** What every verb of `smd service` works with; loaded by nothing else. */
export async function openService({ paths, env }: Pick<CommandContext, 'paths' | 'env'>) {
  const [service, { thisServiceMachine }, { createToolRunner }] = await Promise.all([
    import('../../autostart/service.ts'),
    import('../../autostart/program.ts'),
    import('../../lifecycle/run-tool.ts'),
  ])
  return { ...service, service: service.serviceOf(thisServiceMachine(paths, env), createToolRunner(env)) }
}
