import { Page } from '../../components/page/page.tsx'

export function SettingsPage(_: { params: Record<string, string> }) {
  return <Page title="Settings">{null}</Page>
}
