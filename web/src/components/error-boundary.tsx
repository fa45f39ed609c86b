import { Component, type ComponentChildren } from 'preact'
import { ErrorNotice } from './error-notice/error-notice.tsx'

type Props = {
  /** Another one forgets the failure: the page that failed was left. */
  at: string
  children: ComponentChildren
}
type State = { error: Error | null; at: string }

/** Shows what went wrong in a view instead of an empty page; the rest of the page goes on (CACHE-3.2d). */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, at: this.props.at }

  static override getDerivedStateFromError(error: Error): Partial<State> {
    return { error }
  }

  static override getDerivedStateFromProps({ at }: Props, state: State): Partial<State> | null {
    return at === state.at ? null : { at, error: null }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    const hint = 'Reload the page; if it stays, the message helps to report it.'
    return (
      <ErrorNotice
        error={{ message: `This view failed: ${error.message}`, hint }}
        onRetry={() => this.setState({ error: null })}
      />
    )
  }
}
