import { structuredPatch } from 'diff'
import type { ActivityDay } from '../../../web/src/components/activity-chart/activity-chart.tsx'
import type { Bar } from '../../../web/src/components/bar-list/bar-list.tsx'
import type { Diff } from '../../../web/src/components/diff-view/diff-lines.ts'
import type { TreeEntry } from '../../../web/src/components/file-tree/tree.ts'

export const markdown = `# Reviewing changes

Look at *every* hunk; see [the checklist](references/checklist.md), the [section below](#what-to-look-for) and
<https://example.com/reviews>. Not [this](javascript:window.hit=1).

<example>
user: "Review this"
assistant: I read the change first.
</example>

<img src="/missing.png" onerror="window.hit=1"><script>window.hit = 1</script>

![A diagram](https://example.com/diagram.png)

## What to look for

1. Bugs
   - off by one
   - [x] missing tests
   - [ ] names
2. Style, such as \`let x\`

> Be kind.

| Kind | Weight | Remark |
| :--- | ---: | :---: |
| bug | **10** | first |
| style | 1 | last |

\`\`\`ts
export const review = (change: Change): Finding[] => change.hunks.flatMap((hunk) => findingsOf(hunk, { strict: true, width: 200 }))
\`\`\`

---

[unused]: https://example.com "a remark"
`
/** 1 MiB as people write it. */
export const longMarkdown = `${markdown}\n`.repeat(Math.ceil((1 << 20) / (markdown.length + 1)))

export const metadata = {
  name: 'code-review',
  description: 'Reviews a change for bugs, missing tests and style. Use it before a change is merged.',
  'allowed-tools': ['Read', 'Grep', 'Bash(git diff:*)'],
  version: 2,
  hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: 'check.sh' }] }] },
}

export const code = Array.from(
  { length: 20_000 },
  (_, i) =>
    `${' '.repeat((i % 4) * 4)}value_${i} = compute(${i})${i % 50 === 7 ? `  # ${'long '.repeat(60)}` : ''}`,
).join('\n')

export const entries: TreeEntry[] = [
  { path: 'SKILL.md', kind: 'file', sizeBytes: 4_321, status: 'changed' },
  { path: 'references', kind: 'folder' },
  { path: 'references/checklist.md', kind: 'file', sizeBytes: 812 },
  { path: 'references/old.md', kind: 'file', sizeBytes: 99, status: 'removed' },
  { path: 'scripts/run.py', kind: 'file', sizeBytes: 1_204_000, status: 'added' },
]

const before = Array.from({ length: 120 }, (_, i) => `Line ${i} of the text that was there before.`)
const after = before.flatMap((line, i) =>
  i === 30
    ? []
    : i % 40 === 5
      ? [line.replace('was there before', 'is here now')]
      : i === 80
        ? [line, 'A new one.']
        : [line],
)
const hunks = structuredPatch('a', 'b', before.join('\n'), after.join('\n')).hunks.map((hunk) => ({
  leftStart: hunk.oldStart,
  leftLines: hunk.oldLines,
  rightStart: hunk.newStart,
  rightLines: hunk.newLines,
  lines: hunk.lines,
}))
export const diff: Diff = {
  left: { label: '/home/me/.claude/skills/code-review', version: 'v1.2.0' },
  right: { label: 'github:owner/repo/skills/code-review', version: 'v1.3.0' },
  files: [
    { path: 'SKILL.md', status: 'changed', hunks },
    { path: 'images/logo.png', status: 'added', hunks: null },
  ],
  same: 3,
}

const DAY = 86_400_000
export const days: ActivityDay[] = Array.from({ length: 30 }, (_, i) => ({
  at: Date.UTC(2026, 9, 1) + i * DAY,
  added: (i * 7) % 11,
  changed: (i * 5) % 7,
  removed: i % 6 === 0 ? 4 : 0,
}))

export const bars: Bar[] = [
  { key: 'current', label: 'Current', count: 812, tone: 'ok' },
  { key: 'outdated', label: 'Update available', count: 97, tone: 'attention' },
  { key: 'diverged', label: 'Diverged', count: 2, tone: 'danger' },
  { key: 'unknown', label: 'Unknown', count: 340 },
]
