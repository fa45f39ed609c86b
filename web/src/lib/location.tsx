/**
 * Where the page is, below its base path. Of wouter the part that follows the browser's address: its routes and nested
 * bases are not needed here, and are the larger half of it.
 */
import type { AnchorHTMLAttributes } from 'preact'
import { navigate as go, usePathname, useSearch } from 'wouter-preact/use-browser-location'
import { basePath } from './base.ts'

export { useSearch }

/** Goes to a path below the base, which may have a query; `replace`: in the place of the entry of the history. */
export const navigate = (to: string, options: { replace?: boolean } = {}): void => go(basePath + to, options)

/** The path below the base, and what goes to another one. */
export function useLocation(): [path: string, go: typeof navigate] {
  return [usePathname().slice(basePath.length) || '/', navigate]
}

type Props = AnchorHTMLAttributes & { href: string; onClick?: (event: MouseEvent) => void }

/** A link to a path below the base: a plain click stays within the page, any other is the browser's. */
export function Link({ href, onClick, ...rest }: Props) {
  return (
    <a
      {...rest}
      href={basePath + href}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.button !== 0) return
        onClick?.(event)
        if (event.defaultPrevented) return
        event.preventDefault()
        navigate(href)
      }}
    />
  )
}
