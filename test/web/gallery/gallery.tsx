/** One component for each address, with things to show, for the tests in a browser. */
import { type ComponentChildren, render } from 'preact'
import { ActivityChart } from '../../../web/src/components/activity-chart/activity-chart.tsx'
import { BarList } from '../../../web/src/components/bar-list/bar-list.tsx'
import { CodeView } from '../../../web/src/components/code-view/code-view.tsx'
import { DiffView } from '../../../web/src/components/diff-view/diff-view.tsx'
import { FileTree } from '../../../web/src/components/file-tree/file-tree.tsx'
import { FrontmatterTable } from '../../../web/src/components/frontmatter-table/frontmatter-table.tsx'
import { Markdown } from '../../../web/src/components/markdown/markdown.tsx'
import { VirtualGrid } from '../../../web/src/components/virtual-grid/virtual-grid.tsx'
import { applyTheme } from '../../../web/src/lib/use-theme.ts'
import '../../../web/src/styles/tokens.css'
import '../../../web/src/styles/base.css'
import './gallery.css'
import * as samples from './samples.ts'

/** What components told. */
const told: string[] = []
Object.assign(window, { told })

const specimens: Record<string, () => ComponentChildren> = {
  '/markdown': () => (
    <Markdown
      text={samples.markdown}
      path="SKILL.md"
      headingLevel={2}
      onOpenFile={(path) => told.push(path)}
    />
  ),
  '/markdown-long': () => <Markdown text={samples.longMarkdown} headingLevel={2} />,
  '/frontmatter': () => <FrontmatterTable metadata={samples.metadata} />,
  '/code': () => (
    <CodeView
      text={samples.code}
      label="long.py"
      {...(location.hash && { line: Number(location.hash.slice(1)) })}
    />
  ),
  '/tree': () => (
    <FileTree
      label="Files"
      entries={samples.entries}
      selected="SKILL.md"
      onOpen={(path) => told.push(path)}
    />
  ),
  '/diff': () => <DiffView diff={samples.diff} />,
  '/activity': () => <ActivityChart label="The last 30 days" days={samples.days} />,
  '/bars': () => (
    <BarList label="By type" bars={samples.bars} link={({ key }, bar) => <a href={`#${key}`}>{bar}</a>} />
  ),
  '/matrix': () => matrix((row, column) => ((row + column) % 5 === 0 ? <span>{column % 10}</span> : null)),
  // Which a real one is not.
  '/matrix-full': () => matrix((row, column) => <span>{(row * column) % 10}</span>),
}

const matrix = (renderCell: (row: number, column: number) => ComponentChildren): ComponentChildren => (
  <div class="fill">
    <VirtualGrid
      label="Matrix"
      rowCount={2000}
      columnCount={200}
      rowHeight={28}
      columnWidth={32}
      headHeight={120}
      headWidth={160}
      renderCell={renderCell}
      renderRowHeader={(row) => `artifact-${row}`}
      renderColumnHeader={(column) => <span class="upright">{`project-${column}`}</span>}
      onOpen={(row, column) => told.push(`${row} ${column}`)}
    />
  </div>
)

applyTheme()
const specimen = specimens[location.pathname]
const root = document.getElementById('app')
if (specimen && root) {
  render(
    <>
      <h1>Gallery</h1>
      {specimen()}
    </>,
    root,
  )
}
