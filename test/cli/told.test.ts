import { errorCodes, RpcError } from 'bothways'
import { expect, test } from 'vitest'
import { told } from '../../src/cli/told.js'

const wire = (message: string) => RpcError.fromWire({ code: errorCodes.internal, message })

test('what the other end says is printed as one short line that steers no terminal', () => {
  const text = told(wire(`\u001b[2J\u009b1m\n${'x'.repeat(100_000)}`), '; ')
  expect(text).toMatch(/^[ -~]{1,600}$/)
})

test('what this end says keeps its lines', () => {
  const error = new RpcError(errorCodes.protocol, 'two\nlines\u0007', { hint: 'mend it' })
  expect(told(error, '; ')).toBe('two\nlines\\u0007; mend it')
})
