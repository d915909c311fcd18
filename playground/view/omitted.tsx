/** What a list leaves out, for one message of the hub has no room for it. */
export function Omitted(props: { readonly count: number; readonly of: 'peer' | 'service' }) {
  const { count, of } = props
  if (count === 0) return null
  return (
    <p class="empty omitted" data-testid={`${of}s-omitted`}>
      and {count.toLocaleString('en')} more {count === 1 ? of : `${of}s`}
    </p>
  )
}
