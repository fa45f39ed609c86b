type Props<Value extends string> = {
  label: string
  value: Value
  names: Record<Value, string>
  onChoose(value: Value): void
}

/** One of a few words. */
export function Choose<Value extends string>({ label, value, names, onChoose }: Props<Value>) {
  return (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => onChoose(currentTarget.value as Value)}
    >
      {Object.entries<string>(names).map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  )
}
