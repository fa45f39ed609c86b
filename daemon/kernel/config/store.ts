/** The settings of a running daemon: one value in force at any time, replaced as a whole. */
import type { Settings, SettingValue } from '../../../protocol/settings.ts'
import { type ConfigSource, inspectSettings, loadSettings, setValue, unsetValue } from './file.ts'
import { type ResolvedSettings, resolveSettings } from './schema.ts'
import { getSetting, listSettings, parseSetting, type SettingRow } from './settings.ts'

/** Holds what `config.toml` and the environment say. A file that became invalid leaves the former settings in force. */
export class SettingsStore {
  readonly #source: ConfigSource
  readonly #listeners = new Set<(settings: Settings) => void>()
  #resolved: ResolvedSettings
  /** The latest reading of the file; the next one starts after it, so that an older content never wins. */
  #reading: Promise<unknown> = Promise.resolve()
  /** The latest of the changes that build on each other. */
  #changing: Promise<unknown> = Promise.resolve()

  private constructor(source: ConfigSource, resolved: ResolvedSettings) {
    this.#source = source
    this.#resolved = resolved
  }

  /** Errors: config.syntax, config.invalid; those of the file system. */
  static async open(source: ConfigSource): Promise<SettingsStore> {
    return new SettingsStore(source, await loadSettings(source))
  }

  /**
   * A mistake in the file must not cost the user the daemon: each bad value has its default then, and a file that is
   * not TOML, or cannot be read, counts as absent. `problems` says what is wrong, one sentence each.
   */
  static async openLeniently(source: ConfigSource): Promise<{ store: SettingsStore; problems: string[] }> {
    try {
      const resolved = await inspectSettings(source)
      return {
        store: new SettingsStore(source, resolved),
        problems: resolved.problems.map((problem) => problem.message),
      }
    } catch (error) {
      const resolved = resolveSettings(null, source.env, source.home)
      return { store: new SettingsStore(source, resolved), problems: [(error as Error).message] }
    }
  }

  /** The settings in force; paths with `~` expanded. Not kept by callers, because a change replaces it. */
  get current(): Settings {
    return this.#resolved.settings
  }

  /** One sentence for each key of the file that has no effect. */
  get warnings(): string[] {
    return this.#resolved.unknownKeys.map(({ file, line, key, suggestion }) => {
      const hint = suggestion ? `; did you mean ${suggestion}?` : ''
      return `${file}:${line}: unknown setting ${key}${hint}`
    })
  }

  /** Calls `listener` after every change until the returned function is called. */
  onChange(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Reads the file again, so that an edit by hand counts. Errors: as `open`; the former settings then stay. */
  async reload(): Promise<void> {
    const read = async () => {
      const before = JSON.stringify(this.#resolved.settings)
      this.#resolved = await loadSettings(this.#source)
      if (JSON.stringify(this.#resolved.settings) === before) return
      for (const listener of this.#listeners) listener(this.#resolved.settings)
    }
    const reading = this.#reading.then(read, read)
    this.#reading = reading
    await reading
  }

  /** All settings, freshly read. Errors: as `reload`. */
  async list(): Promise<{ file: string; items: SettingRow[]; total: number; warnings: string[] }> {
    await this.reload()
    const items = listSettings(this.#resolved)
    return { file: this.#source.file, items, total: items.length, warnings: this.warnings }
  }

  /** One setting, freshly read. Errors: config.unknown_key; as `reload`. */
  async get(name: string): Promise<SettingRow> {
    await this.reload()
    return getSetting(this.#resolved, name)
  }

  /** Writes one setting to the file; in force when the promise resolves. Errors: as `setValue` and `reload`. */
  async set(name: string, value: SettingValue): Promise<SettingRow> {
    await setValue(this.#source, name, value)
    return this.get(name)
  }

  /**
   * As `set`, with a value made from the settings of the file. Such changes wait for each other, so that none is lost.
   * Errors: as `set`.
   */
  async change(name: string, edit: (settings: Settings) => SettingValue): Promise<SettingRow> {
    const change = async (): Promise<SettingRow> => {
      await this.reload()
      return this.set(name, edit(this.current))
    }
    const changing = this.#changing.then(change, change)
    this.#changing = changing
    return changing
  }

  /** As `set`, with the value as typed: `360`, `true`, `a,b`. */
  async setText(name: string, text: string): Promise<SettingRow> {
    return this.set(name, parseSetting(name, text))
  }

  /** Removes one setting from the file. Errors: as `unsetValue` and `reload`. */
  async unset(name: string): Promise<SettingRow> {
    await unsetValue(this.#source, name)
    return this.get(name)
  }
}
