import { Console } from 'node:console'
import { type FramedOptions, framedTransport } from '../framed.js'
import type { Transport } from '../transport.js'
import { NodeByteStream } from './node-stream.js'

/** How this process speaks over its standard streams. */
export interface StdioOptions extends FramedOptions {
  /**
   * Whether `console` prints to stderr from now on. Whatever else is printed to stdout stands between the frames: a line
   * of it costs an error with `newline`, and the connection with `contentLength`. Default false.
   */
  readonly consoleToStderr?: boolean
}

/**
 * The process that started this one, over stdin and stdout, which nothing else may read or print to. Ends when stdin
 * does, as it does when that process is gone; this one ends by itself then, if nothing else keeps it.
 */
export function stdio({ consoleToStderr = false, ...options }: StdioOptions = {}): Transport {
  if (consoleToStderr) globalThis.console = new Console(process.stderr)
  return framedTransport(new NodeByteStream(process.stdin, process.stdout), options)
}
