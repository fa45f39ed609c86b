import { describe, expect, it } from 'vitest'
import { serverPackage } from '../../../../../daemon/domains/cache/scan/mcp-package.ts'

describe('serverPackage', () => {
  it('knows the package behind the usual runners', () => {
    expect(serverPackage('npx', ['-y', '@s/p@1.2.3', '--root', '/x'])).toEqual({
      label: '@s/p@1.2.3',
      source: 'npm:@s/p',
      version: '1.2.3',
    })
    expect(serverPackage('cmd', ['/c', 'npx', '-y', 'x@latest'])).toMatchObject({
      source: 'npm:x',
      version: null,
    })
    expect(serverPackage('C:\\nodejs\\npx.cmd', ['x'])).toMatchObject({ source: 'npm:x' })
    expect(serverPackage('bun', ['x', 'pkg'])).toMatchObject({ source: 'npm:pkg' })
    expect(serverPackage('npx', ['--package=p@2.0.0', 'bin'])).toMatchObject({
      source: 'npm:p',
      version: '2.0.0',
    })
    expect(serverPackage('uvx', ['mcp-server-git==0.6.2'])).toMatchObject({
      source: 'pypi:mcp-server-git',
      version: '0.6.2',
    })
    expect(serverPackage('uvx', ['--from', 'git+https://github.com/o/r', 'serve'])).toMatchObject({
      source: 'github:o/r',
    })
    expect(
      serverPackage('docker', [
        'run',
        '-i',
        '--rm',
        '-e',
        'TOKEN=abc',
        '-v',
        '/a:/b',
        'org/image:0.4.0',
        'stdio',
      ]),
    ).toEqual({ label: 'org/image:0.4.0', source: 'docker:org/image', version: '0.4.0' })
  })

  it('says nothing of other programs, and never repeats what looks like a key', () => {
    expect(serverPackage('node', ['server.js'])).toBeNull()
    expect(serverPackage('npx', [])).toBeNull()
    expect(serverPackage('npx', ['sk-proj-abcdefghijklmnop1234'])).toBeNull()
    expect(serverPackage('npx', ['https://user:secret@example.com/x'])?.label ?? '').not.toContain('secret')
  })
})
