/** The small language in which inputs are written that are too long, or no text. */
export type Input =
  | string
  | { readonly b64: string }
  | { readonly repeat: Input; readonly n: number; readonly sep?: string }
  | { readonly cat: readonly Input[] }
  | { readonly seq: { from: number; to: number; step?: number }; tpl: string; sep?: string }
  | { readonly frame: Frame }
  /** A frame of LSP around it, with further header lines, each with its CRLF. */
  | { readonly lsp: Input; readonly headers?: string }
  | { readonly rand: { readonly bytes: number; readonly seed: number } }

/** One frame of RFC 6455, as broken as it is described. */
export interface Frame {
  readonly op?: number
  readonly fin?: boolean
  readonly rsv?: number
  readonly mask?: boolean
  /** What the header claims, where that is not the length of the payload. */
  readonly len?: string
  readonly lenForm?: number
  readonly payload?: Input
}

/** The bytes that `input` stands for. */
export function expand(input: Input): Uint8Array {
  if (typeof input === 'string') return new TextEncoder().encode(input)
  if ('b64' in input)
    return Uint8Array.from(atob(input.b64), (character) => character.charCodeAt(0))
  if ('repeat' in input) return joined(Array(input.n).fill(expand(input.repeat)), input.sep)
  if ('cat' in input) return joined(input.cat.map(expand))
  if ('seq' in input)
    return joined(
      numbersIn(input.seq).map((i) => expand(input.tpl.replaceAll('<i>', String(i)))),
      input.sep,
    )
  if ('lsp' in input) return lsp(expand(input.lsp), input.headers)
  if ('rand' in input) return noise(input.rand)
  return frame(input.frame)
}

function lsp(body: Uint8Array, headers = ''): Uint8Array {
  const header = `Content-Length: ${body.length}\r\n${headers}\r\n`
  return joined([new TextEncoder().encode(header), body])
}

/** Bytes of the generator xorshift32. */
function noise({ bytes, seed }: { bytes: number; seed: number }): Uint8Array {
  let state = seed
  return Uint8Array.from({ length: bytes }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state
  })
}

/** The text that `input` stands for, or its bytes where they are no UTF-8. */
export function textOrBytes(input: Input): string | Uint8Array {
  const bytes = expand(input)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return bytes
  }
}

function numbersIn({ from, to, step = 1 }: { from: number; to: number; step?: number }): number[] {
  return Array.from(
    { length: Math.floor((to - from) / step) + 1 },
    (_, index) => from + index * step,
  )
}

function joined(parts: readonly Uint8Array[], separator = ''): Uint8Array {
  const between = new TextEncoder().encode(separator)
  const length = parts.reduce((sum, part) => sum + part.length + between.length, 0)
  const whole = new Uint8Array(Math.max(0, length - (parts.length > 0 ? between.length : 0)))
  let offset = 0
  for (const part of parts) {
    if (offset > 0) whole.set(between, offset)
    if (offset > 0) offset += between.length
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

const maskingKey = [1, 2, 3, 4]

function frame({
  op = 1,
  fin = true,
  rsv = 0,
  mask = true,
  len,
  lenForm,
  payload = '',
}: Frame): Uint8Array {
  const bytes = expand(payload)
  const length = lengthBytes(BigInt(len ?? bytes.length), lenForm)
  length[0] = (length[0] ?? 0) | (mask ? 0x80 : 0)
  const masked = mask ? bytes.map((byte, index) => byte ^ (maskingKey[index & 3] ?? 0)) : bytes
  return Uint8Array.from([
    (fin ? 0x80 : 0) | (rsv << 4) | op,
    ...length,
    ...(mask ? maskingKey : []),
    ...masked,
  ])
}

function lengthBytes(length: bigint, form: number | undefined): number[] {
  const size = form ?? (length > 65_535n ? 8 : length > 125n ? 2 : 0)
  if (size === 0) return [Number(length)]
  const digits = Array.from({ length: size }, (_, index) =>
    Number((length >> BigInt(8 * (size - 1 - index))) & 0xffn),
  )
  return [size === 8 ? 127 : 126, ...digits]
}
