import { Page } from '../../components/page/page.tsx'

export function OverviewPage(_: { params: Record<string, string> }) {
  return <Page title="Overview">{null}</Page>
}
