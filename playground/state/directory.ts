import { computed, signal } from '@preact/signals'
import type { MemberInfo, Membership } from 'bothways/client'
import type { Discovery } from 'bothways/contract'
import { type Method, methodsIn } from '../schema/method.js'
import type { Names } from '../wire/conversation.js'

/** Members that have left, which are shown for a while. */
const mostDeparted = 3

/** Who is connected, and what they provide. */
export class Directory implements Names {
  readonly members = signal<readonly MemberInfo[]>([])
  /** How many more are connected than the hub tells of. */
  readonly omitted = signal(0)
  /** Who left last, the latest first. */
  readonly departed = signal<readonly MemberInfo[]>([])
  readonly document = signal<Discovery | undefined>(undefined)
  readonly methods = computed(() =>
    this.document.value === undefined
      ? []
      : methodsIn(this.document.value, (method) => this.serviceOf(method)),
  )
  readonly #discovered: (methods: readonly Method[]) => void
  #membership: Membership | undefined
  #isAsking = false
  #isStale = false

  /** `discovered` is told of the methods whenever they may have changed. */
  constructor(discovered: (methods: readonly Method[]) => void) {
    this.#discovered = discovered
  }

  /** Watches the members of a hub, and asks what there is whenever they change. */
  async watch(membership: Membership): Promise<void> {
    this.#membership = membership
    await membership.watchMembers((members, omitted) => {
      this.omitted.value = omitted
      this.#change(members)
      void this.#refresh()
    })
  }

  /** The connection has ended: nobody is known any more. */
  forget(): void {
    this.#membership = undefined
    this.members.value = []
    this.omitted.value = 0
    this.departed.value = []
    this.document.value = undefined
  }

  /** Whether nobody provides `service`, as far as the hub tells. */
  lacks(service: string): boolean {
    if (this.omitted.value > 0) return false
    return !this.members.value.some(({ services }) => services.includes(service))
  }

  serviceOf(method: string): string {
    if (/^(rpc\.|hub\.|\$\/)/.test(method)) return 'hub'
    const services = this.members.value.flatMap(({ services }) => services)
    const owners = services.filter((service) => method.startsWith(`${service}.`))
    const longest = owners.sort((a, b) => b.length - a.length)[0]
    return longest ?? method.slice(0, Math.max(method.lastIndexOf('.'), 0))
  }

  providerOf(service: string): string {
    return this.members.value.find(({ services }) => services.includes(service))?.name ?? 'hub'
  }

  #change(members: readonly MemberInfo[]): void {
    const here = new Set(members.map(({ session }) => session))
    // Where some are left out, who is not told of need not have left.
    const before = this.omitted.value > 0 ? [] : this.members.value
    const left = before.filter(({ session }) => !here.has(session))
    const names = new Set(members.map(({ name }) => name))
    // Who came back under the same name has not left.
    const departed = [...left, ...this.departed.value].filter(({ name }) => !names.has(name))
    this.departed.value = departed.slice(0, mostDeparted)
    this.members.value = members
  }

  /** Asks what there is; once more where it changed meanwhile. */
  async #refresh(): Promise<void> {
    this.#isStale = true
    if (this.#isAsking) return
    this.#isAsking = true
    try {
      while (this.#isStale && this.#membership !== undefined) {
        this.#isStale = false
        this.document.value = await this.#membership.discover()
        this.#discovered(this.methods.value)
      }
    } catch {
      // It fails with the connection, whose end is shown where connections are.
    } finally {
      this.#isAsking = false
    }
  }
}
