import type { Peer } from '../peer/peer.js'
import type { DialPlaceOptions } from './dial-page.js'
import { lineOver } from './line.js'
import { readManifest, type ServiceManifest } from './manifest.js'
import type { Place } from './place.js'
import {
  type AnyEvents,
  type AnyMethods,
  type Service,
  type ServiceOptions,
  serviceOver,
} from './service.js'

/** Opens services whose places `dial` can reach. */
export function openerWith(dial: (place: Place, options: DialPlaceOptions) => Promise<Peer>) {
  return function openService<Methods = AnyMethods, Events = AnyEvents>(
    manifest: ServiceManifest,
    options: ServiceOptions = {},
  ): Service<Methods, Events> {
    const { place } = readManifest(manifest)
    return serviceOver(manifest, options, async (signal, onDiagnostic) => {
      const peer = await dial(place, { ...options, signal, onDiagnostic })
      return lineOver(peer, place.protocol)
    })
  }
}
