/** Commands, agents, rules, memory files and an output style of the sample home, one text each. */

export const explainCommand = `---
description: Explain how a part of this code works
argument-hint: <file or folder>
allowed-tools: Read, Grep, Glob
---
Explain $ARGUMENTS to someone who is new here: what it is for, the path of one call through it,
and the two places where a change most likely goes wrong. Name files and lines.
`

export const standupCommand = `---
description: Summarise what I did since yesterday
allowed-tools: Bash(git log:*)
---
Read \`git log --since=yesterday --author="$(git config user.name)"\` of this repository.
Answer with three short lists: done, next, blocked.
`

export const backfillCommand = `---
description: Plan a backfill of one table
argument-hint: <table> <from> <to>
---
Plan a backfill of $1 from $2 to $3: rows affected, batch size, how to stop and resume, how to check the result.
Write the plan to docs/backfills/ and change nothing else.
`

export const publishCommand = `---
description: Check links and spelling, then build the site
---
Run \`npm run check-links\` and \`npm run spell\`, fix what they report, then \`npm run build\`.
List every page that changed.
`

export const releaseCommand = `---
description: Prepare a release
argument-hint: <version>
---
Write the changelog with the changelog skill, set the version to $1, run all tests, and show the diff before tagging.
`

export const testWriterAgent = `---
name: test-writer
description: Writes tests for existing behaviour before it is changed. Use when code without tests is about to be refactored.
tools: Read, Grep, Glob, Write, Bash
model: inherit
color: green
---
You write tests that describe what the code does today, not what it should do.
Work through the public functions one by one. Run each new test, and break the code once to see it fail.
`

export const dataExplorerAgent = `---
name: data-explorer
description: Answers questions about the data in the warehouse with queries that only read.
tools: Read, Bash
model: inherit
---
You answer with a number, the query it came from, and one sentence on what could make it misleading.
You run SELECT only, always with a limit, and you say how old the data is.
`

export const releaseManagerAgent = `---
name: release-manager
description: Walks through a release step by step and stops at the first problem.
tools: Read, Bash
---
You follow docs/release.md. After each step you say what you did and what you saw. You never skip a failing check.
`

export const typescriptRule = `---
paths: "**/*.ts"
---
- No \`any\`; use \`unknown\` and narrow it.
- Functions that can fail return or throw a typed error.
- Dates cross boundaries as ISO text or epoch milliseconds, never as local time.
`

export const componentsRule = `---
description: How components are written in this app
globs: src/components/**
alwaysApply: false
---
- One component per file, named like the file.
- Styles come from the theme; no literal colours.
- Each component has a story with its empty, loading and error state.
`

export const plainLanguageStyle = `---
name: Plain language
description: Short sentences, everyday words
---
Write for a reader who is in a hurry. Sentences of at most twenty words. Explain each term at its first use.
`

export const userMemory = `# For every project

- Ask before adding a dependency.
- Prefer small changes; one purpose per commit.
- When a test fails, find out why before changing the test.
`

export const webshopMemory = `# Webshop

- \`npm run dev\` starts shop and database; \`npm test\` needs no network.
- Prices are integers in the smallest unit of the currency.
- src/checkout is frozen until the audit is done.
`

export const mobileMemory = `# Mobile app

- iOS and Android share src/; platform code lives in src/native.
- Run the screen tests with \`npm run test:screens\`.
`

export const notesMemory = `# Notes

A site of Markdown pages. Each page starts with a one-line summary; pictures go to static/.
`
