/** Text files of the sample home: path relative to a folder, `/`-separated -> content. */
export type SampleFiles = Record<string, string>

/** The same files below another folder. */
export const below = (folder: string, files: SampleFiles): SampleFiles =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))

/** JSON as the tools that own these files write it. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
