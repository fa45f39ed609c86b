import { describe, expect, it } from 'vitest'
import { launchdManager } from '../../../client-cli/autostart/launchd.ts'
import { readMarker } from '../../../client-cli/autostart/marker.ts'
import { systemdManager } from '../../../client-cli/autostart/systemd.ts'
import { windowsTaskManager } from '../../../client-cli/autostart/windows-task.ts'
import { aMachine, noTool } from './machines.ts'

const text = (content: string | Buffer | undefined): string =>
  typeof content === 'string' ? content : (content?.toString('utf16le') ?? '')

describe('the units for systemd (L12)', () => {
  it('are these for an ordinary user', () => {
    const { files, links } = systemdManager(aMachine('linux'), noTool)
    expect(links).toEqual([
      {
        path: '/home/me/.config/systemd/user/sockets.target.wants/smd.socket',
        target: '/home/me/.config/systemd/user/smd.socket',
      },
    ])
    expect(files.map(({ path, mode }) => [path, mode.toString(8)])).toEqual([
      ['/home/me/.config/systemd/user/smd.socket', '644'],
      ['/home/me/.config/systemd/user/smd.service', '644'],
    ])
    expect(files[0]?.content).toMatchInlineSnapshot(`
      "# Written by "smd service install", which replaces it. Runs ["/usr/bin/node","/usr/lib/node_modules/smd/dist/daemon.cjs"]
      # Changes of yours belong in UNIT.d/*.conf beside it: systemctl --user edit UNIT

      [Unit]
      Description=Socket of smd

      [Socket]
      ListenStream=%t/smd/smd.sock
      SocketMode=0600
      DirectoryMode=0700
      FileDescriptorName=rpc
      RemoveOnStop=yes

      [Install]
      WantedBy=sockets.target
      "
    `)
    expect(files[1]?.content).toMatchInlineSnapshot(`
      "# Written by "smd service install", which replaces it. Runs ["/usr/bin/node","/usr/lib/node_modules/smd/dist/daemon.cjs"]
      # Changes of yours belong in UNIT.d/*.conf beside it: systemctl --user edit UNIT

      [Unit]
      Description=smd, which knows the skills, commands and agents of all projects
      Requires=smd.socket
      After=smd.socket
      StartLimitIntervalSec=60
      StartLimitBurst=4

      [Service]
      Type=simple
      ExecStart=/usr/bin/node --max-semi-space-size=2 --heap-growing-percent=30 /usr/lib/node_modules/smd/dist/daemon.cjs --started-by=systemd
      Environment=MALLOC_ARENA_MAX=2
      Environment=MALLOC_TRIM_THRESHOLD_=4194304
      Environment=NODE_COMPILE_CACHE=/home/me/.local/state/smd/compile-cache
      WorkingDirectory=/
      UMask=0077
      Restart=on-failure
      RestartSec=1
      RestartPreventExitStatus=2 4 5
      TimeoutStopSec=20
      KillMode=mixed
      NoNewPrivileges=yes
      LockPersonality=yes
      RestrictRealtime=yes
      RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
      SystemCallArchitectures=native
      "
    `)
  })

  it.each([
    [
      'SMD_HOME',
      { SMD_HOME: '/data/50% smd', XDG_RUNTIME_DIR: '/run/user/1000' },
      ['ListenStream=/data/50%% smd/run/smd.sock', 'Environment="SMD_HOME=/data/50%% smd"'],
    ],
    [
      'no runtime folder',
      {},
      ['ListenStream=/home/me/.local/state/smd/run/smd.sock', 'UnsetEnvironment=XDG_RUNTIME_DIR'],
    ],
    [
      'the runtime folder of another user, which they ignore,',
      { XDG_RUNTIME_DIR: '/run/user/1' },
      ['ListenStream=/home/me/.local/state/smd/run/smd.sock', 'UnsetEnvironment=XDG_RUNTIME_DIR'],
    ],
    [
      'a runtime folder of their own',
      { XDG_RUNTIME_DIR: '/data/run' },
      ['ListenStream=/data/run/smd/smd.sock', 'Environment=XDG_RUNTIME_DIR=/data/run'],
    ],
  ])('have the socket where clients with %s look for it, and tell the daemon', (_, env, expected) => {
    const { files } = systemdManager(aMachine('linux', { env }), noTool)
    const lines = files.flatMap(({ content }) => text(content).split('\n'))
    expect(lines.filter((line) => /ListenStream|SMD_HOME|XDG_RUNTIME_DIR/.test(line))).toEqual(expected)
  })

  it('name the folders that a shell knows and a session does not', () => {
    const env = {
      XDG_CONFIG_HOME: '/cfg',
      CLAUDE_CONFIG_DIR: '/home/me/claude $x',
      SKILLMEAT_COLLECTION_DIR: '/skills',
      EDITOR: 'vi',
    }
    const { files } = systemdManager(aMachine('linux', { env, accountHome: '/home/account' }), noTool)
    expect(files.map(({ path }) => path)).toEqual([
      '/cfg/systemd/user/smd.socket',
      '/cfg/systemd/user/smd.service',
    ])
    const variables = text(files[1]?.content).match(/^Environment=.*$/gm)
    expect(variables?.filter((line) => !/MALLOC|COMPILE/.test(line))).toEqual([
      'Environment=HOME=/home/me',
      'Environment=XDG_CONFIG_HOME=/cfg',
      'Environment="CLAUDE_CONFIG_DIR=/home/me/claude $x"',
      'Environment=SKILLMEAT_COLLECTION_DIR=/skills',
    ])
  })

  it('are refused where a path cannot be written, or would be cut', () => {
    const at = (home: string) => () => systemdManager(aMachine('linux', { env: { SMD_HOME: home } }), noTool)
    expect(at('/data/a\nb')).toThrow(
      expect.objectContaining({
        slug: 'service.unsupported',
        message: expect.stringContaining('"/data/a\\nb'),
      }),
    )
    expect(at(`/${'x'.repeat(100)}`)).toThrow(expect.objectContaining({ slug: 'daemon.path_too_long' }))
  })
})

describe('the agent for launchd (L12)', () => {
  it('is this', () => {
    const [file] = launchdManager(aMachine('darwin', { env: { SMD_HOME: '/data/<a> & "b"' } }), noTool).files
    expect(file?.path).toBe('/Users/me/Library/LaunchAgents/local.smd.daemon.plist')
    expect(file?.mode).toBe(0o644)
    expect(file?.content).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <!-- Written by "smd service install", which replaces it. Runs ["/opt/homebrew/bin/node","/opt/homebrew/lib/node_modules/smd/dist/daemon.cjs"] -->
      <plist version="1.0">
      <dict>
        <key>Label</key>
        <string>local.smd.daemon</string>
        <key>ProgramArguments</key>
        <array>
          <string>/opt/homebrew/bin/node</string>
          <string>--max-semi-space-size=2</string>
          <string>--heap-growing-percent=30</string>
          <string>/opt/homebrew/lib/node_modules/smd/dist/daemon.cjs</string>
          <string>--started-by=launchd</string>
        </array>
        <key>EnvironmentVariables</key>
        <dict>
          <key>MALLOC_ARENA_MAX</key>
          <string>2</string>
          <key>MALLOC_TRIM_THRESHOLD_</key>
          <string>4194304</string>
          <key>NODE_COMPILE_CACHE</key>
          <string>/data/&#60;a&#62; &#38; &#34;b&#34;/state/compile-cache</string>
          <key>SMD_HOME</key>
          <string>/data/&#60;a&#62; &#38; &#34;b&#34;</string>
        </dict>
        <key>WorkingDirectory</key>
        <string>/</string>
        <key>Umask</key>
        <integer>63</integer>
        <key>RunAtLoad</key>
        <true/>
        <key>KeepAlive</key>
        <dict>
          <key>SuccessfulExit</key>
          <false/>
        </dict>
        <key>ExitTimeOut</key>
        <integer>20</integer>
        <key>StandardOutPath</key>
        <string>/data/&#60;a&#62; &#38; &#34;b&#34;/state/smd.log</string>
        <key>StandardErrorPath</key>
        <string>/data/&#60;a&#62; &#38; &#34;b&#34;/state/smd.log</string>
      </dict>
      </plist>
      "
    `)
  })
})

describe('the task for Windows (L12)', () => {
  it('is this, in UTF-16 with a byte order mark, beside a file of variables', () => {
    const env = { LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local', USERDOMAIN: 'DESK', SMD_HOME: 'D:\\new' }
    const { files } = windowsTaskManager(aMachine('win32', { env }), noTool)
    expect(files.map(({ path }) => path)).toEqual([
      'D:\\new\\state\\service.env',
      'D:\\new\\state\\service-task.xml',
    ])
    expect(text(files[0]?.content)).toMatchInlineSnapshot(`
      "# Written by "smd service install", which replaces it. Runs ["C:\\\\Program Files\\\\nodejs\\\\node.exe","C:\\\\Users\\\\me\\\\AppData\\\\Roaming\\\\npm\\\\node_modules\\\\smd\\\\dist\\\\daemon.cjs"]
      MALLOC_ARENA_MAX='2'
      MALLOC_TRIM_THRESHOLD_='4194304'
      NODE_COMPILE_CACHE='D:\\new\\state/compile-cache'
      SMD_HOME='D:\\new'
      "
    `)
    const task = files[1]?.content as Buffer
    expect([...task.subarray(0, 2)]).toEqual([0xff, 0xfe])
    expect(text(task).slice(1)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-16"?>
      <!-- Written by "smd service install", which replaces it. Runs ["C:\\\\Program Files\\\\nodejs\\\\node.exe","C:\\\\Users\\\\me\\\\AppData\\\\Roaming\\\\npm\\\\node_modules\\\\smd\\\\dist\\\\daemon.cjs"] -->
      <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
        <RegistrationInfo>
          <Description>smd, which knows the skills, commands and agents of all projects</Description>
        </RegistrationInfo>
        <Triggers>
          <LogonTrigger>
            <UserId>DESK\\me</UserId>
          </LogonTrigger>
        </Triggers>
        <Principals>
          <Principal id="Author">
            <UserId>DESK\\me</UserId>
            <LogonType>InteractiveToken</LogonType>
            <RunLevel>LeastPrivilege</RunLevel>
          </Principal>
        </Principals>
        <Settings>
          <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
          <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
          <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
          <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
          <Hidden>true</Hidden>
          <RestartOnFailure>
            <Interval>PT1M</Interval>
            <Count>3</Count>
          </RestartOnFailure>
        </Settings>
        <Actions Context="Author">
          <Exec>
            <Command>%SystemRoot%\\System32\\conhost.exe</Command>
            <Arguments>--headless &#34;C:\\Program Files\\nodejs\\node.exe&#34; --env-file=D:\\new\\state\\service.env --max-semi-space-size=2 --heap-growing-percent=30 C:\\Users\\me\\AppData\\Roaming\\npm\\node_modules\\smd\\dist\\daemon.cjs --started-by=windows-task</Arguments>
          </Exec>
        </Actions>
      </Task>
      "
    `)
  })
})

describe('the mark of smd in its files', () => {
  const odd = { node: '/a -- b/"<node>"', entry: '/c]/daemon $x\\.cjs' }

  it.each([
    ['systemd', systemdManager(aMachine('linux', odd), noTool)],
    ['launchd', launchdManager(aMachine('darwin', odd), noTool)],
    ['windows-task', windowsTaskManager(aMachine('win32', odd), noTool)],
  ])('tells what a file of %s runs, and spoils no comment', (_, { files }) => {
    for (const { content } of files) {
      const line =
        text(content)
          .split('\n')
          .find((other) => other.includes('smd service install')) ?? ''
      expect(readMarker(text(content))).toEqual(odd)
      expect(line.replace(/^<!--|-->$/g, '')).not.toMatch(/--|[<>]/)
    }
  })

  it('is missing in files of others', () => {
    expect(readMarker('[Unit]\nDescription=Some other daemon\n')).toBeNull()
  })
})
