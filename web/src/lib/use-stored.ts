import { useState } from 'preact/hooks'

/** A small choice that is kept in this browser, e.g. a layout: what it is now, and what changes it. */
export function useStored<Value extends string>(
  name: string,
  values: readonly [Value, ...Value[]],
): [Value, (next: Value) => void] {
  const key = `smd:${name}`
  const [value, setValue] = useState(() => read(key, values))
  const choose = (next: Value): void => {
    setValue(next)
    try {
      localStorage.setItem(key, next)
    } catch {
      // Without storage it holds for this view.
    }
  }
  return [value, choose]
}

function read<Value extends string>(key: string, values: readonly [Value, ...Value[]]): Value {
  try {
    const kept = localStorage.getItem(key)
    return values.find((value) => value === kept) ?? values[0]
  } catch {
    return values[0]
  }
}
