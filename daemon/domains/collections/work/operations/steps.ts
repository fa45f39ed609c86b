/**
 * The two ways of a project whose content is ready. Each step looks at what is there before it does anything, so that a way
 * may be gone again from its beginning, wherever it was cut short.
 */
import { dirname } from 'node:path'
import { syncFolder } from '../../../../kernel/fs/durable.ts'
import { contentAt, isSame } from './content.ts'
import { codeOf, type FileCalls, isThere, unlessAbsent } from './file-calls.ts'
import type { Staging, Tools } from './staging.ts'
import type { Intent, KeptPlace, KeptText } from './types.ts'

/** Something is not as the plan saw it. `reason`: one sentence without the path. */
export class Conflict extends Error {
  readonly path: string

  constructor(path: string, reason: string) {
    super(reason)
    this.path = path
  }
}

const appeared = 'something was put there meanwhile'
const vanished = 'it was removed meanwhile'
const changed = 'it was changed meanwhile'

/** Puts everything in its place, texts last. Errors: `Conflict`, and those of the file system; then the way is back. */
export async function goForward(intent: Intent, staging: Staging, tools: Tools): Promise<void> {
  const { calls } = tools
  for (const folder of intent.folders) {
    await calls.mkdir(folder).catch((error) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
    // Whatever the umask of this process: others who may read the project shall read it as a whole.
    await calls.chmod(folder, 0o755)
  }
  for (const [n, place] of intent.places.entries()) await putPlace(place, `p${n}`, staging, tools)
  for (const [n, text] of intent.texts.entries()) await putText(text, `t${n}`, staging, calls)
  await syncParents(intent, calls)
}

/**
 * What is there is taken away as a whole before anybody looks whether it is what the plan saw: nobody can change it
 * unnoticed in between.
 */
async function putPlace(place: KeptPlace, key: string, staging: Staging, tools: Tools): Promise<void> {
  const { calls, keeper } = tools
  const { path, before, want } = place
  const [fresh, old] = [staging.fresh(key), staging.old(key)]
  if (want !== null && !(await isThere(fresh, calls))) return
  if (before === null) {
    if (want !== null && (await isThere(path, calls))) throw new Conflict(path, appeared)
  } else {
    if (!(await isThere(old, calls))) {
      const moved = await calls.rename(path, old).then(() => true, unlessAbsent)
      if (!moved) throw new Conflict(path, vanished)
    }
    if (!isSame(await contentAt(old, calls, keeper.read), before)) throw new Conflict(path, changed)
    if (want !== null && (await isThere(path, calls))) throw new Conflict(path, appeared)
  }
  if (want !== null) await calls.rename(fresh, path)
}

/** A text is replaced without a moment in which there is none; the old one is kept under a second name. */
async function putText(text: KeptText, key: string, staging: Staging, calls: FileCalls): Promise<void> {
  const { path, before } = text
  const [fresh, old] = [staging.fresh(key), staging.old(key)]
  if (text.text !== null && !(await isThere(fresh, calls))) return
  if (before === null) {
    if (text.text !== null && (await isThere(path, calls))) throw new Conflict(path, appeared)
  } else {
    if (!(await isThere(old, calls))) {
      const take =
        text.text === null ? calls.rename : (from: string, to: string) => keepUnder(from, to, calls)
      const taken = await take(path, old).then(() => true, unlessAbsent)
      if (!taken) throw new Conflict(path, vanished)
    }
    if ((await calls.readFile(old, 'utf8')) !== before) throw new Conflict(path, changed)
    // Whoever saves by a new file of that name has done so beside the old one.
    if (text.text !== null && (await calls.readFile(path, 'utf8').catch(unlessAbsent)) !== before)
      throw new Conflict(path, changed)
  }
  if (text.text !== null) await calls.rename(fresh, path)
  // Whoever had the old one open may have written into it until now.
  if (before !== null && (await calls.readFile(old, 'utf8')) !== before) throw new Conflict(path, changed)
}

async function keepUnder(path: string, old: string, calls: FileCalls): Promise<void> {
  try {
    await calls.link(path, old)
  } catch (error) {
    // File systems without hard links
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(codeOf(error))) throw error
    await calls.copyFile(path, old)
  }
}

/** Takes out what was put in and puts back what was there, and the folders go that were made. */
export async function goBack(intent: Intent, staging: Staging, tools: Tools): Promise<void> {
  const { calls } = tools
  for (const [n, text] of intent.texts.entries()) await takeText(text, `t${n}`, staging, calls)
  for (const [n, place] of intent.places.entries()) await takePlace(place, `p${n}`, staging, tools)
  await syncParents(intent, calls)
  await removeEmpty([...intent.folders].reverse(), calls)
}

async function takePlace(place: KeptPlace, key: string, staging: Staging, tools: Tools): Promise<void> {
  const { calls, keeper } = tools
  const { path, want } = place
  const [fresh, old] = [staging.fresh(key), staging.old(key)]
  const wasPut = want !== null && !(await isThere(fresh, calls))
  const hasOld = await isThere(old, calls)
  const found = wasPut || hasOld ? await calls.lstat(path).catch(unlessAbsent) : null
  if (found) {
    // A file that somebody saved in the moment without one is newer than the one that was there: it stays.
    if (!wasPut && found.isFile()) return keepContent(old, tools)
    // In the moment between somebody may have worked on it: that is kept, then.
    if (!wasPut || !isSame(await contentAt(path, calls, keeper.read), want)) await keepContent(path, tools)
    await calls.rename(path, wasPut ? fresh : `${old}-late`)
  }
  if (hasOld) await calls.rename(old, path)
}

/** Of a link there is nothing to keep. */
async function keepContent(path: string, { calls, keeper }: Tools): Promise<void> {
  if (!(await calls.lstat(path)).isSymbolicLink()) await keeper.keep(path)
}

async function takeText(text: KeptText, key: string, staging: Staging, calls: FileCalls): Promise<void> {
  const { path, before } = text
  const [fresh, old] = [staging.fresh(key), staging.old(key)]
  const wasPut = text.text !== null && !(await isThere(fresh, calls))
  const found = await calls.readFile(path, 'utf8').catch(unlessAbsent)
  // What somebody else wrote since then stays.
  if (wasPut ? found !== text.text : found !== null) return
  if (before === null) await calls.unlink(path).catch(unlessAbsent)
  else if (await isThere(old, calls)) await calls.rename(old, path)
}

/** Removes what is empty; anything else stays as it is. */
export async function removeEmpty(folders: readonly string[], calls: FileCalls): Promise<void> {
  for (const folder of folders) {
    await calls.rmdir(folder).catch((error) => {
      const isUsed = ['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'EACCES', 'EPERM', 'EBUSY']
      if (!isUsed.includes(codeOf(error))) throw error
    })
  }
}

/** Makes all names durable that were given or taken. */
async function syncParents({ places, texts, folders }: Intent, calls: FileCalls): Promise<void> {
  const parents = new Set(
    [...folders, ...places.map(({ path }) => path), ...texts.map(({ path }) => path)].map((path) =>
      dirname(path),
    ),
  )
  for (const parent of parents) await syncFolder(parent, calls).catch(unlessAbsent)
}
