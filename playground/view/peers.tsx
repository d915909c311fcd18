import type { MemberInfo } from 'bothways/client'
import type { Playground } from '../state/playground.js'
import { Omitted } from './omitted.js'

/** Who is connected to the hub. */
export function PeersPanel({ playground }: { readonly playground: Playground }) {
  const { members, omitted, departed } = playground.directory
  const state = playground.connection.state.value
  const own = state.status === 'open' ? state.session : undefined
  return (
    <section class="panel place-peers" aria-labelledby="peers-title">
      <h2 id="peers-title" class="panel-title">
        Peers <span class="count">{members.value.length + omitted.value}</span>
      </h2>
      {members.value.length === 0 && <p class="empty">Who is connected to the hub.</p>}
      <ul class="list">
        {members.value.map((member) => (
          <Member key={member.session} member={member} isOwn={member.session === own} />
        ))}
        {departed.value.map((member) => (
          <Member key={member.session} member={member} hasLeft />
        ))}
      </ul>
      <Omitted count={omitted.value} of="peer" />
    </section>
  )
}

function Member(props: {
  readonly member: MemberInfo
  readonly isOwn?: boolean
  readonly hasLeft?: boolean
}) {
  const { member, isOwn = false, hasLeft = false } = props
  const note = noteOn(member, isOwn, hasLeft)
  return (
    <li
      class="member"
      data-testid="member"
      data-name={member.name}
      data-status={hasLeft ? 'left' : 'here'}
    >
      <span class="dot" />
      <span class="member-name">
        {member.name}
        {note !== '' && <span class="member-note">{note}</span>}
      </span>
    </li>
  )
}

function noteOn({ services, principal, name }: MemberInfo, isOwn: boolean, hasLeft: boolean) {
  if (hasLeft) return 'has left'
  if (isOwn) return 'this page'
  if (services.length > 0) return `provides ${services.join(', ')}`
  return principal === name ? '' : principal
}
