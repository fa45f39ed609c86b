/** Where nobody looks for projects: the search for them, and the watch for new ones. */
import { basename } from 'node:path'

/** Dependencies, builds and caches: large, and never where somebody works. Hidden folders are skipped anyway. */
const skippedNames: ReadonlySet<string> = new Set(
  (
    'node_modules bower_components jspm_packages vendor site-packages dist-packages __pycache__ __pypackages__ venv ' +
    'virtualenv virtualenvs miniconda3 anaconda3 miniforge3 mambaforge target dist build out obj DerivedData Pods ' +
    'Carthage cache Cache caches Caches Trash lost+found coverage $RECYCLE.BIN'
  ).split(' '),
)

/** Folders of the operating system and its programs, skipped only directly below the home folder. */
const skippedInHome: ReadonlySet<string> = new Set(
  (
    'Library AppData Applications Pictures Music Movies Videos Public Templates snap Games ' +
    'OneDriveTemp Contacts Favorites Links Searches'
  )
    .split(' ')
    .concat('Application Data', 'Saved Games'),
)

/** Names that say of the folder they lie in that it belongs to a tool. */
export const environmentMarkers: ReadonlySet<string> = new Set(['pyvenv.cfg', 'CACHEDIR.TAG'])

/** Whether a folder of this name is never entered. `skip`: further names; special ones lie directly in `home`. */
export function isNoPlaceForProjects(
  name: string,
  parent: string,
  { skip, home }: { skip: ReadonlySet<string>; home: string },
): boolean {
  if (name.startsWith('.') || skippedNames.has(name) || skip.has(name)) return true
  // A name that is not UTF-8 cannot be put together to a path again
  if (name.includes('\uFFFD')) return true
  if (parent === home) return skippedInHome.has(name)
  // Go's module cache: a folder of read-only copies of other people's projects
  return name === 'pkg' && basename(parent) === 'go'
}
