import { useEffect, useState } from 'preact/hooks'

/** A value once it has not changed for `ms`: for what may follow somebody who types a little later. */
export function useSettled<Value>(value: Value, key: string, ms: number): Value {
  const [settled, setSettled] = useState({ value, key })
  useEffect(() => {
    if (key === settled.key) return
    const timer = setTimeout(() => setSettled({ value, key }), ms)
    return () => clearTimeout(timer)
  }, [key])
  return settled.value
}
