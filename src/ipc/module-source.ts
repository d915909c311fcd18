import { membersOf } from './channels.js'
import { serviceWords, takenBy } from './words.js'

/**
 * The JavaScript of the module `ipc:<name>`: the service as its default export, and by name each of its words, and each
 * method that can be an export. `runtime` is where `openService` is imported from.
 */
export function moduleSource(manifest: unknown, runtime = 'bothways/ipc'): string {
  const methods = exportedMethods(Object.keys(membersOf(membersOf(manifest)['methods'])))
  return [
    `import { openService } from ${JSON.stringify(runtime)}`,
    // As text, for in a literal a key "__proto__" would set the prototype.
    `const service = /*@__PURE__*/ openService(JSON.parse(${literal(JSON.stringify(manifest))}))`,
    ...exportsOf([...serviceWords, ...methods]),
  ].join('\n')
}

/**
 * The JavaScript of the module `ipc:<name>` of Node, where the hub that the environment names is to provide the service. Its
 * methods are known once it is connected, so by name are only its words.
 */
export function hubModuleSource(name: string, runtime: string): string {
  return [
    `import { connectService } from ${JSON.stringify(runtime)}`,
    'const { BOTHWAYS_HUB: hub, BOTHWAYS_TOKEN: token } = process.env',
    `const service = await connectService(${literal(name)}, { hub, token })`,
    ...exportsOf(serviceWords),
  ].join('\n')
}

function exportsOf(names: readonly string[]): string[] {
  return [
    'export default service',
    // Each a constant of its own: a method may be called as a reserved word of JavaScript.
    ...names.map((name, index) => `const $${index} = service.${name}`),
    `export {\n${names.map((name, index) => `  $${index} as ${name},\n`).join('')}}`,
    '',
  ]
}

/** The methods that are exported by their own names: others are members of the service, or reached by `call`. */
export function exportedMethods(methods: readonly string[]): string[] {
  return methods.filter(
    (name) => takenBy(name) === undefined && name !== 'default' && /^[A-Za-z_$][\w$]*$/.test(name),
  )
}

/** A literal that is the same in every version of JavaScript, and in a script of a page. */
function literal(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u2028\u2029<]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
