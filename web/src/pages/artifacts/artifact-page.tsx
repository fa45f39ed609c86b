import { Page } from '../../components/page/page.tsx'

export function ArtifactPage(_: { params: Record<string, string> }) {
  return <Page title="Artifact">{null}</Page>
}
