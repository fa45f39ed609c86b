import { Page } from '../../components/page/page.tsx'

export function JobsPage(_: { params: Record<string, string> }) {
  return <Page title="Jobs and logs">{null}</Page>
}
