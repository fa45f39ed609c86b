import { Page } from '../../components/page/page.tsx'

export function MatrixPage(_: { params: Record<string, string> }) {
  return <Page title="Matrix">{null}</Page>
}
