/** Pieces of Markdown that every generated page is made of. */

/** A page with front matter; `source` is the file to edit instead of the page. */
export function page({
  title,
  description,
  source,
  body,
}: {
  title: string
  description: string
  source: string
  body: readonly string[]
}): string {
  const head = `---\ntitle: ${JSON.stringify(title)}\ndescription: ${JSON.stringify(description)}\n---\n`
  const notice = `<!-- Written by \`npm run docs\` from ${source}. -->`
  return `${[head, notice, '', `# ${title}`, '', ...body].join('\n').trimEnd()}\n`
}

/** A table; cells may hold anything but line ends. */
export function table(titles: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line), '']
}

/** Text as code, also when it holds a backtick. */
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

/** The anchor GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
