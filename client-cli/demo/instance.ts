/** The sample as an instance of its own: its home, its daemon, the environment that leads to them. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Paths, resolvePaths } from '../../daemon/kernel/config/paths.ts'
import { ensurePrivateFolder } from '../../daemon/kernel/fs/private-folder.ts'
import { sampleProjects, writeSampleHome } from './sample-home.ts'

export type DemoInstance = {
  /** Everything of the demo is in here. */
  folder: string
  home: string
  /** Where its commands run: a project, so that `--project .` means something. */
  cwd: string
  paths: Paths
  /** Of its daemon and of commands against it. */
  env: NodeJS.ProcessEnv
}

/** Where the sample of this user is, whether it exists or not. */
export function demoInstance(own: Paths, env: NodeJS.ProcessEnv): DemoInstance {
  const folder = join(own.stateDir, 'demo')
  const home = join(folder, 'home')
  const demoEnv = {
    ...withoutPlaces(env),
    HOME: home,
    USERPROFILE: home,
    SMD_HOME: join(folder, 'smd'),
    SMD_CLAUDE_MANAGED_DIR: join(folder, 'managed'),
    // The usual one belongs to the user's own daemon.
    SMD_WEB_PORT: '0',
  }
  return {
    folder,
    home,
    cwd: join(home, 'projects', sampleProjects[0]),
    paths: resolvePaths(demoEnv, process.platform, home, process.getuid?.() ?? null, () => folder),
    env: demoEnv,
  }
}

/** Written last, so that a sample without it was interrupted. */
const complete = (demo: DemoInstance): string => join(demo.folder, 'complete')

/** Makes the sample unless it is there; tells whether it made it. */
export function writeDemo(demo: DemoInstance): boolean {
  if (existsSync(complete(demo))) return false
  removeDemo(demo)
  ensurePrivateFolder(demo.folder, process.getuid?.() ?? null)
  writeSampleHome(demo.home)
  writeFileSync(complete(demo), '')
  return true
}

/** Removes the sample and all that its daemon wrote; tells whether there was one. */
export function removeDemo(demo: DemoInstance): boolean {
  const existed = existsSync(demo.folder)
  rmSync(demo.folder, { recursive: true, force: true })
  return existed
}

/** The environment without what would lead to the user's own things. */
function withoutPlaces(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const leading =
    /^(SMD_|XDG_|CLAUDE_|SKILLMEAT_|FLATPAK_XDG_)|^(CODEX|VIBE|HERMES|AUTOHAND)_HOME$|^(LOCAL)?APPDATA$|^FEATURE_CACHE_ENABLED$/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !leading.test(name)))
}
