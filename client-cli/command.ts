/** A command is data: what it is called, what it takes, what it does. Only register.ts turns it into yargs. */
import type { Paths } from '../daemon/kernel/config/paths.ts'
import type { Call, Notification } from '../protocol/client.ts'
import type { Io } from './io.ts'

/** What the daemon, or the table of settings, can list (`smd __complete`). */
export type CompletionKind = 'artifact' | 'project' | 'job' | 'token' | 'setting' | 'cache-setting'

export type ArgSpec = {
  type: 'string' | 'number' | 'boolean'
  describe: string
  /** Given by place instead of by name; in the order of the table. */
  positional?: true
  /** Must be given. */
  required?: true
  /** One letter. */
  alias?: string
  choices?: readonly string[]
  /** Of a number, which is a whole one then. */
  min?: number
  max?: number
  /** The last positional takes all words that are left; an option may be given several times. */
  many?: true
  /** From its first word on everything belongs to it, options too: the command line of another command. */
  raw?: true
  /** A text of no characters is a value as well. */
  mayBeEmpty?: true
  /** What completion offers as values. */
  complete?: CompletionKind | 'path' | 'command'
}

export type ArgSpecs = Readonly<Record<string, ArgSpec>>

type Plain<Spec extends ArgSpec> = Spec['type'] extends 'number'
  ? number
  : Spec['type'] extends 'boolean'
    ? boolean
    : Spec extends { choices: readonly (infer Choice)[] }
      ? Choice
      : string
type Value<Spec extends ArgSpec> = Spec extends { many: true } ? Plain<Spec>[] : Plain<Spec>

/** The values a command receives: what is required is there, anything else may be undefined. */
export type ArgsOf<Specs extends ArgSpecs> = {
  [Name in keyof Specs as Specs[Name] extends { required: true } ? Name : never]: Value<Specs[Name]>
} & {
  [Name in keyof Specs as Specs[Name] extends { required: true } ? never : Name]?:
    | Value<Specs[Name]>
    | undefined
}

/** What a command works with. */
export type CommandContext = {
  /** Calls a method of the daemon; connects, and starts the daemon, when first used. */
  call: Call
  /** Hands on what the daemon sends unasked. Returns what ends that. */
  onNotification(listener: (notification: Notification) => void): () => void
  io: Io
  paths: Paths
  env: NodeJS.ProcessEnv
  cwd: string
  /** False with `--no-spawn`. */
  spawn: boolean
}

export type Command<Specs extends ArgSpecs = ArgSpecs> = {
  /** `list`, or group and verb: `projects add`. */
  name: string
  summary: string
  /** Not for people: help and completion leave it out. */
  hidden?: true
  /** The name of its group alone means this one: `smd jobs` is `smd jobs list`. */
  groupDefault?: true
  /** Command lines with what each does. */
  examples: ReadonlyArray<readonly [line: string, what: string]>
  args: Specs
  /** Method syntax, so that commands with different arguments fit in one list. */
  run(ctx: CommandContext, args: ArgsOf<Specs>): Promise<void> | Promise<number>
}

export function defineCommand<const Specs extends ArgSpecs>(command: Command<Specs>): Command<Specs> {
  return command
}

/** Options every command takes. */
export const globalArgs = {
  json: { type: 'boolean', describe: 'Print one JSON object on stdout and nothing else' },
  'no-spawn': { type: 'boolean', describe: 'Do not start the daemon when it is not running' },
} as const satisfies ArgSpecs
