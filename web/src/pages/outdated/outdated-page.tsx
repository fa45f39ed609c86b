import { Page } from '../../components/page/page.tsx'

export function OutdatedPage(_: { params: Record<string, string> }) {
  return <Page title="Outdated">{null}</Page>
}
