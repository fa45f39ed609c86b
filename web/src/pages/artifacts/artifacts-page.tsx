import { Page } from '../../components/page/page.tsx'

export function ArtifactsPage(_: { params: Record<string, string> }) {
  return <Page title="Artifacts">{null}</Page>
}
