import { Page } from '../../components/page/page.tsx'

export function HealthPage(_: { params: Record<string, string> }) {
  return <Page title="Health">{null}</Page>
}
