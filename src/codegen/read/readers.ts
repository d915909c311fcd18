import type { Report } from '../diagnostic.js'
import type { Sources } from '../load/sources.js'
import type { ContractModel } from '../model.js'
import { isJsonObject } from '../place.js'
import { acpMeta } from './acp-meta.js'
import { cdp } from './cdp.js'
import { lsp } from './lsp.js'
import { manifest } from './manifest.js'
import { messageSchemas } from './message-schemas.js'
import { readOpenRpc } from './openrpc.js'
import type { Reader } from './reader.js'

/** One for each format, but for OpenRPC, which says of itself what it is. */
const readers: readonly Reader[] = [lsp, cdp, manifest, acpMeta, messageSchemas]

/** The contract of the document `file`, in whichever format it is. Throws a DocumentError with every fault found. */
export function readDocument(
  sources: Sources,
  file: string,
  name: string | undefined,
  report: Report,
): ContractModel {
  const root = { file, pointer: '' }
  const found = sources.locate('', root)
  const document = 'value' in found ? found.value : undefined
  const reader = isJsonObject(document)
    ? readers.find(({ fits }) => !Object.hasOwn(document, 'openrpc') && fits(document))
    : undefined
  if (reader === undefined || !isJsonObject(document))
    return readOpenRpc(sources, file, name, report)
  return reader.read({ document, root, name, sources, report })
}
