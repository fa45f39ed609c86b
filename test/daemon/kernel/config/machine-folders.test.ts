import { describe, expect, it } from 'vitest'
import { expandHome, machineFolders } from '../../../../daemon/kernel/config/machine-folders.ts'

const linux = (env: NodeJS.ProcessEnv) => machineFolders(env, 'linux', '/home/ann')

describe('machineFolders', () => {
  it('uses the defaults of each program without any variable', () => {
    expect(linux({})).toEqual({
      home: '/home/ann',
      claudeConfig: '/home/ann/.claude',
      claudeJson: '/home/ann/.claude.json',
      claudePlugins: '/home/ann/.claude/plugins',
      claudeManaged: '/etc/claude-code',
      xdgConfig: '/home/ann/.config',
      xdgState: null,
      skillmeat: '/home/ann/.skillmeat',
      agentHomes: {},
    })
  })

  it('moves the file of Claude Code and its plugins together with CLAUDE_CONFIG_DIR', () => {
    expect(linux({ CLAUDE_CONFIG_DIR: '/c/claude/' })).toMatchObject({
      claudeConfig: '/c/claude',
      claudeJson: '/c/claude/.claude.json',
      claudePlugins: '/c/claude/plugins',
    })
  })

  it.each([
    ['HOME', 'home'],
    ['CLAUDE_CODE_PLUGIN_CACHE_DIR', 'claudePlugins'],
    ['SKILLMEAT_COLLECTION_DIR', 'skillmeat'],
    ['XDG_CONFIG_HOME', 'xdgConfig'],
    ['XDG_STATE_HOME', 'xdgState'],
    ['SMD_CLAUDE_MANAGED_DIR', 'claudeManaged'],
  ] as const)('honours %s, unless it is empty or relative', (variable, field) => {
    expect(linux({ [variable]: '/else/where' })[field]).toBe('/else/where')
    expect(linux({ [variable]: '' })).toEqual(linux({}))
    expect(linux({ [variable]: 'else/where' })).toEqual(linux({}))
  })

  it('keeps the homes of other agents by variable', () => {
    const env = {
      CODEX_HOME: '/a',
      VIBE_HOME: '/b',
      HERMES_HOME: '/c',
      AUTOHAND_HOME: '/d',
      OTHER_HOME: '/e',
    }
    expect(linux(env).agentHomes).toEqual({
      CODEX_HOME: '/a',
      VIBE_HOME: '/b',
      HERMES_HOME: '/c',
      AUTOHAND_HOME: '/d',
    })
    expect(linux({ CODEX_HOME: '', VIBE_HOME: 'relative' }).agentHomes).toEqual({})
  })

  it('knows the folders of macOS and Windows', () => {
    expect(machineFolders({}, 'darwin', '/Users/ann').claudeManaged).toBe(
      '/Library/Application Support/ClaudeCode',
    )
    expect(
      machineFolders(
        { APPDATA: 'C:\\Users\\Ann\\AppData\\Roaming', HOME: '/c/Users/Ann' },
        'win32',
        'C:\\Users\\Ann',
      ),
    ).toEqual({
      home: 'C:\\Users\\Ann',
      claudeConfig: 'C:\\Users\\Ann\\.claude',
      claudeJson: 'C:\\Users\\Ann\\.claude.json',
      claudePlugins: 'C:\\Users\\Ann\\.claude\\plugins',
      claudeManaged: 'C:\\Program Files\\ClaudeCode',
      xdgConfig: 'C:\\Users\\Ann\\.config',
      xdgState: null,
      skillmeat: 'C:\\Users\\Ann\\.skillmeat',
      agentHomes: { APPDATA: 'C:\\Users\\Ann\\AppData\\Roaming' },
    })
  })
})

describe('expandHome', () => {
  it.each([
    ['~', '/h'],
    ['~/a', '/h/a'],
    ['~\\a', '/h\\a'],
    ['~ann/a', '~ann/a'],
    ['/a/~/b', '/a/~/b'],
  ])('turns %s into %s', (path, expected) => {
    expect(expandHome(path, '/h')).toBe(expected)
  })
})
