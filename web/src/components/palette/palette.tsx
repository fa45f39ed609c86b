import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { call } from '../../connection.ts'
import { useLocation } from '../../lib/location.tsx'
import { useCacheRefresh } from '../../lib/use-cache-refresh.ts'
import { useProjectCache } from '../../lib/use-project-cache.ts'
import { shortcutText } from '../../lib/use-shortcut.ts'
import { useTheme } from '../../lib/use-theme.ts'
import { typeNames } from '../../lib/words.ts'
import { views } from '../../routes.tsx'
import { signOut } from '../../session.ts'
import { Dialog } from '../dialog/dialog.tsx'
import { type Choice, matching } from './matching.ts'
import styles from './palette.module.css'

/** How many of each kind are offered. */
const OFFERED = 8

type Props = { onClose(): void; onHelp(): void }

/** Goes anywhere and does anything by its name: views, projects, artifacts, actions (WAI-ARIA combobox pattern). */
export function Palette({ onClose, onHelp }: Props) {
  const id = useId()
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const [, navigate] = useLocation()
  const { projects } = useProjectCache()
  const artifacts = useArtifacts(text)
  const actions = useActions(onHelp)

  const visit = (path: string) => () => navigate(path)
  const found = (path: string) => () => {
    settle(text)
    navigate(path)
  }
  const offered: Choice[] = [
    ...matching(text, [
      ...views.flatMap(({ path, navigation }) =>
        navigation ? [{ kind: 'Go to', name: navigation.name, detail: '', act: visit(path) }] : [],
      ),
      ...actions,
    ]),
    ...(text === ''
      ? []
      : matching(
          text,
          (projects ?? []).map(({ id, name, path }) => ({
            kind: 'Project',
            name,
            detail: path,
            act: visit(`/projects/${id}`),
          })),
        ).slice(0, OFFERED)),
    ...artifacts.map(({ id, name, type, project }) => ({
      kind: typeNames[type],
      name,
      detail: project?.name ?? '',
      act: found(`/artifacts/${id}`),
    })),
    ...(text === ''
      ? []
      : [
          {
            kind: 'Search',
            name: `All artifacts with “${text}”`,
            detail: '',
            act: found(`/artifacts?q=${encodeURIComponent(text)}`),
          },
        ]),
  ]
  const chosen = Math.min(active, offered.length - 1)
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  const choose = (choice: Choice | undefined): void => {
    if (!choice) return
    onClose()
    choice.act()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setActive((chosen + step + offered.length) % offered.length)
    else if (event.key === 'Enter') choose(offered[chosen])
    else return
    event.preventDefault()
  }
  return (
    <Dialog title="Search or go to" isTitleHidden onClose={onClose}>
      <input
        type="text"
        role="combobox"
        class={styles.input}
        placeholder="A view, a project, an artifact, an action…"
        aria-label="Search or go to"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={`${id}-${chosen}`}
        aria-autocomplete="list"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Found" class={styles.list}>
        {offered.map((choice, index) => (
          <div
            key={`${choice.kind} ${choice.name} ${choice.detail}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            class={styles.choice}
            onMouseMove={() => setActive(index)}
            onClick={() => choose(choice)}
          >
            <span class={styles.kind}>{choice.kind}</span>
            <span class={styles.name}>{choice.name}</span>
            <span class={styles.detail}>{choice.detail}</span>
          </div>
        ))}
      </div>
    </Dialog>
  )
}

type Found = Awaited<ReturnType<typeof search>>

const search = async (query: string, signal: AbortSignal) =>
  (await call('artifacts.search', { query, limit: OFFERED, settled: false }, signal)).items

/** Says that these words were what somebody wanted; nobody waits for it. */
const settle = (text: string): void => {
  const query = text.trim()
  if (query !== '') call('artifacts.search', { query, limit: OFFERED }).catch(() => undefined)
}

/** Best hits for what was typed; those before stay until there are newer ones. */
function useArtifacts(text: string): Found {
  const [found, setFound] = useState<Found>([])
  useEffect(() => {
    const query = text.trim()
    if (query === '') return setFound([])
    const given = new AbortController()
    // What fails here leaves the former hits; views and projects are offered all the same.
    search(query, given.signal).then(
      (items) => !given.signal.aborted && setFound(items),
      () => undefined,
    )
    return () => given.abort()
  }, [text])
  return found
}

function useActions(onHelp: () => void): Choice[] {
  const { running, refresh } = useCacheRefresh()
  const [, chooseTheme] = useTheme()
  const action = (name: string, detail: string, act: () => void): Choice => ({
    kind: 'Do',
    name,
    detail,
    act,
  })
  return [
    ...(running
      ? []
      : [action('Refresh everything', shortcutText({ key: 'r', mod: true, shift: true }), refresh)]),
    action('Light colours', '', () => chooseTheme('light')),
    action('Dark colours', '', () => chooseTheme('dark')),
    action('Colours as the system', '', () => chooseTheme('system')),
    action('Show shortcuts', '?', onHelp),
    action('Sign this browser out', '', () => void signOut().finally(() => window.location.reload())),
  ]
}
