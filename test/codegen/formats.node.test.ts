import { describe, expect, test } from 'vitest'
import { DocumentError, type Generated, generate } from '../../src/codegen.js'
import { compile, documents, fileOf, type Json, shuffled } from './support.js'

/** The stubs of a document that is called `source`. */
function made(document: object, source: string): Generated {
  return generate(document, { source })
}

function typesOf(document: object, source: string): string {
  return [...made(document, source).files.values()][0] ?? ''
}

/** The faults of a document, as they are printed. */
function faultsOf(document: object, source: string): string[] {
  try {
    made(document, source)
  } catch (error) {
    if (error instanceof DocumentError) return error.message.split('\n')
    throw error
  }
  return []
}

const real = (source: string): Record<string, Json[]> => JSON.parse(documents.get(source) ?? '')

const notification = (method: string, params: object) => ({
  type: 'object',
  properties: { method: { type: 'string', const: method }, params },
  required: ['method', 'params'],
})

/** A protocol in the way of MCP: unions say who sends what, and names what is answered. */
const notes = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  definitions: {
    Request: { type: 'object', properties: { method: { type: 'string' } } },
    RequestId: { type: ['string', 'integer'] },
    ReadRequest: {
      description: 'Reads a note.',
      type: 'object',
      properties: {
        method: { const: 'notes/read' },
        params: {
          type: 'object',
          properties: { id: { $ref: '#/definitions/RequestId' } },
          required: ['id'],
        },
      },
      required: ['method', 'params'],
    },
    ReadResult: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    PingRequest: {
      type: 'object',
      properties: { method: { const: 'ping' } },
      required: ['method'],
    },
    EmptyResult: { type: 'object' },
    AskRequest: { $ref: '#/definitions/Base', properties: { method: { const: 'ask' } } },
    AskResponse: { type: 'object', properties: { result: { type: 'boolean' } } },
    Base: { type: 'object', properties: { params: { type: 'object' } }, required: ['params'] },
    ChangedNotification: notification('notifications/changed', { type: 'object' }),
    CancelledNotification: notification('notifications/cancelled', { type: 'object' }),
    ClientRequest: {
      anyOf: [{ $ref: '#/definitions/ReadRequest' }, { $ref: '#/definitions/PingRequest' }],
    },
    ServerRequest: {
      oneOf: [{ $ref: '#/definitions/AskRequest' }, { $ref: '#/definitions/PingRequest' }],
    },
    ServerNotification: {
      anyOf: [
        { $ref: '#/definitions/ChangedNotification' },
        { $ref: '#/definitions/CancelledNotification' },
      ],
    },
    ClientNotification: { anyOf: [{ $ref: '#/definitions/CancelledNotification' }] },
  },
}

const described = (base: string, ...parts: object[]) => ({
  allOf: [{ $ref: `#/definitions/${base}` }, ...parts],
})

/** A protocol in the way of DAP: commands, their answers, and events. */
const debug = {
  title: 'Debugging',
  definitions: {
    Request: { type: 'object', properties: { command: { type: 'string' }, arguments: {} } },
    Response: { type: 'object', properties: { body: {} } },
    Event: { type: 'object', properties: { event: { type: 'string' } } },
    PauseRequest: described('Request', {
      description: 'Pauses.',
      properties: {
        command: { type: 'string', enum: ['pause'] },
        arguments: { $ref: '#/definitions/PauseArguments' },
      },
      required: ['command', 'arguments'],
    }),
    PauseArguments: { type: 'object', properties: { thread: { type: 'integer' } } },
    PauseResponse: described('Response', {
      properties: { body: { type: 'object', properties: { at: { type: 'integer' } } } },
    }),
    RunRequest: described('Request', {
      title: 'Reverse Requests',
      properties: { command: { type: 'string', enum: ['run'] }, arguments: { type: 'object' } },
    }),
    StartRequest: described('Request', {
      description: 'This request is sent from the debug adapter to the client.',
      properties: { command: { type: 'string', enum: ['start'] } },
    }),
    StoppedEvent: described('Event', {
      properties: {
        event: { type: 'string', enum: ['stopped'] },
        body: {
          type: 'object',
          properties: { reason: { type: 'string', _enum: ['step', 'pause'] } },
          required: ['reason'],
        },
      },
      required: ['event', 'body'],
    }),
  },
}

/** A manifest in all of its dialects. */
const garden = {
  service: { name: 'garden-service', version: '2.0.0', colour: 'green' },
  types: {
    Bed: { id: 'number', plants: 'string[]', owner: 'Gardener?' },
    Gardener: { name: 'string' },
  },
  methods: {
    all: { returns: 'Bed[]' },
    one: {
      parameters: [{ name: 'id', type: 'number', required: true }],
      returns: {
        type: 'object',
        nullable: true,
        schema: { id: 'number', tags: ['string'], at: { x: 'int' } },
      },
    },
    plant: {
      parameters: [
        {
          name: 'bed',
          type: 'object',
          validation: { required: ['id'], properties: { id: { type: 'integer' } } },
        },
        { name: 'count', type: 'integer', default: 1 },
      ],
      returns: { type: 'array', elementType: 'object', schema: { id: 'number' } },
      permissions: ['garden.plant'],
      timeout: 10,
    },
    full: {
      returns: {
        schema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
      },
    },
  },
  events: {
    'bed.planted': { dataType: 'Bed', category: 'beds' },
    rain: { dataType: 'number' },
    'bed.dry': { schema: { type: 'string', id: 'number' } },
  },
  channels: {
    beds: { type: 'topic' },
    alarms: { events: ['rain', 'frost'] },
    news: { type: 'broadcast' },
  },
}

const all: readonly (readonly [string, object])[] = [
  ['notes.schema.json', notes],
  ['debug.schema.json', debug],
  ['garden.ekko.ipc.json', garden],
]

test.each(all)(
  '%s compiles, and gives the same bytes whatever the order of its keys',
  (source, document) => {
    const { files } = made(document, source)
    expect(made(shuffled(document as Json), source).files).toEqual(files)
    expect(compile(new Map([['made', files]]))).toEqual([])
  },
  60_000,
)

test('messages of MCP go the way that the unions say, and answer what their names say', () => {
  const [service = '', client = ''] = typesOf(notes, 'notes.schema.json').split(
    'interface NotesClient',
  )
  expect(service).toContain("'notes/read'?: Request<ReadRequestParams, ReadResult>")
  expect(service).toContain('/** Reads a note. */')
  expect(service).toContain("'ping'?: Request<undefined, EmptyResult>")
  expect(service).toContain("'notifications/cancelled'?: Notification<CancelledNotificationParams>")
  expect(service).not.toContain("'ask'?")
  expect(client).toContain("'ask'?: Request<BaseParams, boolean>")
  expect(client).toContain("'ping'?: Request<undefined, EmptyResult>")
  expect(client).toContain("'notifications/changed'?: Event<ChangedNotificationParams>")
})

test('a message of which nothing says who sends it is told', () => {
  const { ServerNotification: _, ...definitions } = notes.definitions
  const { warnings } = made({ definitions }, 'notes.schema.json')
  expect(warnings).toContainEqual({
    file: 'notes.schema.json',
    pointer: '/definitions/ChangedNotification',
    problem: 'nothing says who sends it, so both may',
    advice: 'list it in ClientRequest, ServerRequest or the like',
  })
})

test('requests of DAP go to the adapter but for those that are marked as reverse, and events come from it', () => {
  const [service = '', client = ''] = typesOf(debug, 'debug.schema.json').split(
    'interface DebugClient',
  )
  expect(service).toContain("'pause'?: Request<PauseArguments, PauseResponseBody>")
  expect(service).not.toContain("'run'?")
  expect(client).toContain("'run'?: Request<RunRequestArguments | undefined, unknown>")
  expect(client).toContain("'start'?: Request<")
  expect(client).toContain("'stopped'?: Event<StoppedEventBody>")
  expect(service).toContain("reason: 'step' | 'pause' | (string & Record<never, never>)")
})

test('a manifest is understood in each of its dialects', () => {
  const types = typesOf(garden, 'garden.ekko.ipc.json')
  for (const line of [
    'owner?: Gardener | null',
    'plants: string[]',
    "'all': Request<undefined, Bed[]>",
    "'one': Request<{ id: number }, { at: { x: number }; id: number; tags: string[] } | null>",
    "'plant': Request<{ bed: { id: number }; count?: number }, { id: number }[]>",
    'Needs the permission garden.plant.',
    'Answers within 10 ms.',
    "'full': Request<undefined, { ok: boolean }>",
    "'bed.planted': Event<Bed>",
    "'rain': Event<{ data: number }>",
    "'bed.dry': Event<{ id: number; type: string }>",
    "'frost': Event<unknown>",
    "'news': Event<unknown>",
  ])
    expect(types).toContain(line)
  expect(types).not.toContain("'beds':")
})

test('what a manifest says that is not understood, or may mean two things, is told with its place', () => {
  const { warnings } = made(garden, 'garden.ekko.ipc.json')
  expect(warnings.map(({ pointer, problem }) => `${pointer}: ${problem}`)).toEqual([
    '/service/colour: "colour" is not understood',
    '/events/bed.dry/schema/type: "type": "string" may be a JSON Schema; it is taken for a member called "type"',
    '/channels/alarms: nothing describes "frost", so any data is taken',
    '/channels/news: nothing describes "news", so any data is taken',
  ])
})

describe('the faults of a document are all told, with their places and what to do', () => {
  test('LSP', () => {
    const model = {
      metaData: { version: '3.18.0' },
      requests: [
        {
          method: 'a',
          result: { kind: 'reference', name: 'Nobody' },
          messageDirection: 'clientToServer',
        },
        { method: 'a', result: { kind: 'base', name: 'null' }, messageDirection: 'upwards' },
        { result: { kind: 'cloud' }, messageDirection: 'both' },
        { method: 'b', result: { kind: 'stringLiteral' }, messageDirection: 'both' },
      ],
      notifications: {},
      structures: [
        { name: 'S', properties: [{ name: 'x', type: { kind: 'base', name: 'byte' } }] },
        1,
      ],
    }
    expect(faultsOf(model, 'model.json')).toEqual([
      'model.json#/structures/1: this is no object; describe one of them here',
      'model.json#/requests/0/result/name: "Nobody" names no structure, enumeration or type alias; define it, or correct the name',
      'model.json#/requests/1: the method "a" is there twice; remove one',
      'model.json#/requests/1/messageDirection: "upwards" is no direction; use "clientToServer", "serverToClient" or "both"',
      'model.json#/requests/2: it has no "method"; give it one',
      'model.json#/requests/3/result: its "value" is no string; give it one',
      'model.json#/notifications: "notifications" is no array; list the notifications in it; [] for none',
      'model.json#/structures/0/properties/0/type/name: "byte" is no base type of the meta model; use one of URI, DocumentUri, string, RegExp, integer, uinteger, decimal, boolean, null',
    ])
  })

  test('CDP, which names each type of a domain that is in no document once', () => {
    const ref = { name: 'x', $ref: 'Network.LoaderId' }
    const protocol = {
      domains: [
        {
          domain: 'Page',
          types: [{ id: 'Frame', type: 'object', properties: [ref, { name: 'y', type: 'cloud' }] }],
          commands: [
            { name: 'go', parameters: [ref, { name: 'z', $ref: 'Nothing' }] },
            { name: 'go' },
          ],
        },
      ],
    }
    expect(faultsOf(protocol, 'protocol.json')).toEqual([
      'protocol.json#/domains/0/commands/0/parameters/0/$ref: "Network.LoaderId" is of the domain Network, which no document here has; give its document as well: js_protocol.json and browser_protocol.json belong together',
      'protocol.json#/domains/0/commands/0/parameters/1/$ref: the domain Page has no type "Page.Nothing"; define it there, or correct the reference',
      'protocol.json#/domains/0/commands/1: "Page.go" is there twice; rename or remove one',
      'protocol.json#/domains/0/types/0/properties/1/type: "cloud" is no type of CDP; use "$ref", array, object, string, binary, integer, number, boolean, any',
    ])
  })

  test('manifests', () => {
    const manifest = {
      service: { name: 'a' },
      methods: { a: { parameters: {} }, b: { returns: { type: 'Cloud' } }, c: 1 },
      events: { a: {} },
    }
    expect(faultsOf(manifest, 'a.ekko.ipc.json')).toEqual([
      'a.ekko.ipc.json#/methods/c: this is no object; describe it in one',
      'a.ekko.ipc.json#/methods/a/parameters: "parameters" is no array of objects; list them in it',
      expect.stringMatching(
        /^a\.ekko\.ipc\.json#\/methods\/b\/returns\/type: "Cloud" names no type; define it/,
      ),
      'a.ekko.ipc.json: "a" is there as a method and as an event; rename one',
    ])
  })

  test("ACP's list of methods without its schema", () => {
    expect(faultsOf(real('acp.meta.json'), 'acp.meta.json')).toEqual([
      'acp.meta.json: it lists methods whose types are in another document; give the schema as well: bothways gen meta.json schema.json',
    ])
  })

  test('a document of no format that is known', () => {
    expect(faultsOf({ asyncapi: '3.0.0' }, 'a.json')).toHaveLength(1)
  })
})

test('CDP in two documents is one contract', () => {
  const page = {
    version: { major: '1', minor: '3' },
    domains: [
      {
        domain: 'Page',
        events: [{ name: 'moved', parameters: [{ name: 'at', $ref: 'Runtime.Timestamp' }] }],
        commands: [{ name: 'enable' }],
      },
    ],
  }
  const runtime = { domains: [{ domain: 'Runtime', types: [{ id: 'Timestamp', type: 'number' }] }] }
  const documents = new Map([['js.json', runtime]])
  const { files } = generate(page, { source: 'browser.json', documents })
  const types = fileOf({ files, warnings: [], opaque: [] }, 'cdp.gen.ts')
  expect(types).toContain('export type RuntimeTimestamp = number')
  expect(types).toContain('/** Told after `Page.enable`. */')
  expect(types).toContain("'Page.moved'?: Event<{ at: RuntimeTimestamp }>")
})
