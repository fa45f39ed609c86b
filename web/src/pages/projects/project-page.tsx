import { Page } from '../../components/page/page.tsx'

export function ProjectPage(_: { params: Record<string, string> }) {
  return <Page title="Project">{null}</Page>
}
