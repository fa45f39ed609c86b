/** Skills of the sample home; each constant holds the files of one skill folder. */
import type { SampleFiles } from './sample-files.ts'

export const commitMessage: SampleFiles = {
  'SKILL.md': `---
name: commit-message
description: Writes a commit message from the staged changes. Use when the user asks to commit or wants a message for a diff.
license: MIT
allowed-tools: Bash(git:*) Read
---
# Commit message

1. Read the staged changes with \`git diff --cached\`. When nothing is staged, say so and stop.
2. First line: \`area: verb …\`, at most 72 characters, no full stop.
3. Body: why the change was needed and what a reader cannot see in the diff.
4. Show the message; commit only when the user agrees.
`,
}

export const codeReview: SampleFiles = {
  'SKILL.md': `---
name: code-review
description: Reviews a change for bugs, missing tests and unclear names. Use before a pull request is opened or when the user asks for a second look.
license: MIT
---
# Code review

Read the whole change first, then the files it touches. Report in this order:

1. Bugs: wrong results, lost errors, races. Give the line and an input that fails.
2. Tests: behaviour that changed without a test.
3. Names and structure: only where a reader would stumble.

Use the list in references/checklist.md. Say "nothing found" when that is so; do not pad the report.
`,
  'references/checklist.md': `# Checklist

- Is every error handled or passed on with its cause?
- Are inputs from outside checked before they are used?
- Does anything grow without a bound: lists, retries, caches?
- Would the new test fail without the change?
`,
}

/** What someone added to code-review in one project after it was deployed. */
export const codeReviewAddition = `
## In this shop

Changes to prices or taxes need a test with three currencies.
`

export const apiErrors: SampleFiles = {
  'SKILL.md': `---
name: api-errors
description: Designs error answers of an HTTP API that clients can act on. Use when adding an endpoint or changing how one fails.
license: MIT
metadata:
  version: "1.1.0"
---
# API errors

- Answer with \`application/problem+json\`: type, title, status, detail.
- \`type\` is a stable word clients may test; \`detail\` is for people and may change.
- Name the field that was wrong, and what was expected.
- Never put stack traces, SQL or secrets into an answer; log them under a reference and return the reference.
- 4xx means the caller can fix it, 5xx means we must.
`,
}

/** The version of api-errors that was deployed before the collection moved on. */
export const apiErrorsOld: SampleFiles = {
  'SKILL.md': `---
name: api-errors
description: Designs error answers of an HTTP API that clients can act on. Use when adding an endpoint or changing how one fails.
license: MIT
metadata:
  version: "1.0.0"
---
# API errors

- Answer with a JSON object: code, message.
- Never put stack traces, SQL or secrets into an answer.
- 4xx means the caller can fix it, 5xx means we must.
`,
}

export const accessibilityCheck: SampleFiles = {
  'SKILL.md': `---
name: accessibility-check
description: Checks screens for labels, contrast, focus order and touch targets. Use after changing a screen or component.
---
# Accessibility check

For each changed screen:

1. Every control has a name a screen reader can say.
2. Text keeps a contrast of 4.5:1, large text 3:1, in light and dark mode.
3. The focus follows reading order and is never trapped.
4. Touch targets measure at least 44 by 44 points.

Run \`scripts/contrast.sh\` for the colour tokens and quote its output.
`,
  'scripts/contrast.sh': `#!/bin/sh
# Prints each pair of text and background colour with its contrast.
set -eu
npm run --silent contrast -- --tokens src/theme/colors.json
`,
}

/** Its frontmatter is not valid YAML: an open quote and an unquoted colon. */
export const sqlReview: SampleFiles = {
  'SKILL.md': `---
name: sql-review
description: Reviews SQL before it runs on production. Use when: a query is slow, or a migration locks tables
tags: ["sql", "review
---
# SQL review

1. Ask for the plan (\`EXPLAIN\`), never guess it.
2. Look for full scans of large tables, sorts that spill, and row counts that are off by more than ten times.
3. A migration must say which locks it takes and for how long.
`,
}

export const changelog: SampleFiles = {
  'SKILL.md': `---
name: changelog
description: Turns merged changes since the last tag into a changelog for users. Use when a release is prepared.
---
# Changelog

Group by what users notice: Added, Changed, Fixed, Removed. One line each, in the user's words, newest first.
Leave out refactorings and build changes. Link the change, not the person.
`,
}
