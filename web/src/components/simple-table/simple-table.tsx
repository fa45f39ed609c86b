import type { ComponentChildren } from 'preact'
import styles from './simple-table.module.css'

export type SimpleColumn<Row> = {
  title: string
  /** Numbers stand at the end. */
  align?: 'end'
  /** Never broken into lines. */
  isShort?: boolean
  /** Left out where there is little room. */
  isExtra?: boolean
  render(row: Row): ComponentChildren
}

type Props<Row> = {
  /** What it lists, for assistive technology. */
  label: string
  columns: readonly SimpleColumn<Row>[]
  rows: readonly Row[]
  keyOf(row: Row): string
  /** Rows that stand back, such as what is not in effect. */
  isMuted?(row: Row): boolean
}

/**
 * A table of some dozens of rows that stands in a text; what may be long is a `DataTable`. Where it is wider than its place
 * it scrolls, and the links in it are how the keyboard gets there.
 */
export function SimpleTable<Row>({ label, columns, rows, keyOf, isMuted }: Props<Row>) {
  return (
    <div class={styles.box}>
      <table class={styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ title, align, isExtra }) => (
              <th key={title} scope="col" data-align={align} data-extra={isExtra}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} data-muted={isMuted?.(row) ? '' : undefined}>
              {columns.map(({ title, align, isShort, isExtra, render }) => (
                <td key={title} data-align={align} data-short={isShort} data-extra={isExtra}>
                  {render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
