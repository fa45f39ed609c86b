import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'

const module = new URL('../../../../daemon/kernel/service/watchdog.ts', import.meta.url).href

/** Runs a program that may use `startWatchdog`; gives its exit code or the signal that ended it. */
async function run(program: string): Promise<number | string> {
  const source = `const { startWatchdog } = await import(${JSON.stringify(module)})\n${program}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'inherit' })
  const [code, signal] = await once(child, 'exit')
  return code ?? signal
}

describe('startWatchdog (L7)', () => {
  it('ends a process whose event loop never returns', async () => {
    expect(await run('startWatchdog(100); for (;;);')).toBe('SIGKILL')
  })

  it('keeps no process alive, and does nothing to one that ends before', async () => {
    expect(await run('startWatchdog(60_000)')).toBe(0)
  })

  it('counts anew when it is told to', async () => {
    const rearmed = 'const dog = startWatchdog(60_000); dog.rearm(50); for (;;);'
    expect(await run(rearmed)).toBe('SIGKILL')
    const later =
      'const dog = startWatchdog(3_000); dog.rearm(600_000); setTimeout(() => process.exit(7), 3_500)'
    expect(await run(later)).toBe(7)
  })
})
