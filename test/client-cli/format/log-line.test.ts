import { describe, expect, it } from 'vitest'
import { logLine } from '../../../client-cli/format/log-line.ts'
import type { LogEntry } from '../../../daemon/kernel/log/read-log.ts'

const entry = (more: Partial<LogEntry>): LogEntry => ({
  loggedAt: new Date(2026, 10, 5, 7, 8, 9, 12).getTime(),
  level: 'info',
  message: 'serving',
  requestId: null,
  fields: {},
  ...more,
})
const plain = (_: string, text: string): string => text

describe('logLine', () => {
  it('has local time, level, message and fields', () => {
    expect(logLine(entry({ fields: { pid: 1, socket: '/run/s', text: 'a b', list: ['x'] } }), plain)).toBe(
      '2026-11-05 07:08:09.012 info  serving pid=1 socket=/run/s text="a b" list=["x"]',
    )
    expect(logLine(entry({ level: 'warn', requestId: 'abc' }), plain)).toBe(
      '2026-11-05 07:08:09.012 warn  serving requestId=abc',
    )
  })

  it('puts texts of several lines below', () => {
    expect(
      logLine(entry({ level: 'error', fields: { error: 'Error: x\n  at y', method: 'a.b' } }), plain),
    ).toBe('2026-11-05 07:08:09.012 error serving method=a.b\n    error: Error: x\n      at y')
  })

  it('leaves room where a line has no time', () => {
    expect(logLine(entry({ loggedAt: null, level: 'error', message: 'Killed' }), plain)).toBe(
      `${' '.repeat(23)} error Killed`,
    )
  })

  it.each([
    ['debug', '<dim>debug</>'],
    ['info', '<green>info </>'],
    ['warn', '<yellow>warn </>'],
    ['error', '<red>error</>'],
  ] as const)('paints %s by its severity', (level, painted) => {
    const line = logLine(entry({ level }), (style, text) => `<${style}>${text}</>`)
    expect(line).toBe(`<dim>2026-11-05 07:08:09.012</> ${painted} serving`)
  })
})
