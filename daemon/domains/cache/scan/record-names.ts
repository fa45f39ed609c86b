/** Where other managers keep their records (formats spec sections 5, 6; ecosystem spec 6): for reading and for watching. */
import { join } from 'node:path'
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import { resolveUserPath } from './agents.ts'

/** SkillMeat's, in every profile root. */
export const deploymentFile = '.skillmeat-deployed.toml'
/** Skillshare's, in its folder of skills. */
export const skillshareFile = '.metadata.json'
/** SkillMeat's, in a collection. */
export const collectionLockFile = 'collection.lock'

/** Relative to a project. */
export const projectRecords = {
  skillsLock: 'skills-lock.json',
  /** The first that is there counts. */
  apmLocks: ['apm.lock.yaml', 'apm.lock'],
  rulesyncLock: 'rulesync.lock',
  skillshareFolder: '.skillshare/skills',
} as const

/** Absolute places of the user's records; of `skillsLocks` the first that is there counts. */
export function userRecords(folders: MachineFolders): {
  deploymentFolders: string[]
  skillsLocks: string[]
  apmLock: string
  skillshareFolder: string
} {
  const { home, claudeConfig, xdgState, xdgConfig } = folders
  const codex = resolveUserPath(codexHome, folders)
  return {
    deploymentFolders: [claudeConfig, codex, join(home, '.gemini'), join(home, '.cursor')],
    skillsLocks: [
      ...(xdgState === null ? [] : [join(xdgState, 'skills/.skill-lock.json')]),
      join(home, '.agents/.skill-lock.json'),
    ],
    apmLock: join(home, '.apm/apm.lock.yaml'),
    skillshareFolder: join(xdgConfig, 'skillshare/skills'),
  }
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a template of agents.ts
const codexHome = '${CODEX_HOME:-~/.codex}'
