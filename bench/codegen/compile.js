import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** The compiler's options for code that imports bothways as it is built here. */
export const compilerOptions = {
  strict: true,
  target: 'ES2022',
  module: 'ESNext',
  moduleResolution: 'bundler',
  lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.AsyncIterable'],
  types: [],
  noEmit: true,
  skipLibCheck: true,
  paths: {
    bothways: [`${repository}dist/index.d.ts`],
    'bothways/*': [`${repository}dist/*.d.ts`],
  },
}

/** What the compiler says about the project in `root`. */
export function compile(root, config) {
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, ...config }))
  return spawnSync(join(repository, 'node_modules/.bin/tsc'), ['-p', root, '--pretty', 'false'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
}

/** What others' code imports, taken for anything, so that only the errors are counted that it has of its own. */
const imported = {
  '@open-rpc/client-js':
    'RequestManager PostMessageWindowTransport PostMessageIframeTransport WebSocketTransport HTTPTransport Client JSONRPCError',
  '@open-rpc/meta-schema': 'OpenrpcDocument MethodObject ContentDescriptorObject',
  '@open-rpc/schema-utils-js': 'MethodCallValidator MethodNotFoundError',
}

/** How many errors the code in `root` has. */
export function errorsIn(root) {
  const anything = (name) => `  export const ${name}: any\n  export type ${name} = any\n`
  const modules = Object.entries(imported).map(
    ([module, names]) =>
      `declare module '${module}' {\n${names.split(' ').map(anything).join('')}}\n`,
  )
  const lodash =
    "declare module 'lodash' {\n  const _: { find(list: any, test: (item: any) => boolean): any; [name: string]: any }\n  export default _\n}\n"
  writeFileSync(join(root, 'others.d.ts'), [...modules, lodash].join(''))
  const { stdout, status } = compile(root, { include: ['**/*.ts'] })
  const errors = stdout.split('\n').filter((line) => line.includes('error TS'))
  if (status !== 0 && errors.length === 0) throw new Error(stdout)
  return errors.length
}
