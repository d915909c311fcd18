// Generates from one document into a folder, and prints what that took: generate-once.js <generator> <path> <folder>
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const generators = {
  bothways: async (path, folder) => {
    const { generateFrom } = await import('../../dist/codegen.js')
    const { files } = await generateFrom(path, 'out/')
    for (const [name, text] of files) writeFileSync(join(folder, name), text)
  },
  'json-schema-to-typescript': async (path, folder) => {
    const { compile } = await import('json-schema-to-typescript')
    const document = await read(path)
    const own = document.$defs ?? document.components.schemas
    const definitions = JSON.parse(
      JSON.stringify(own).replaceAll(/#\/(\$defs|components\/schemas)\//g, '#/definitions/'),
    )
    const schema = { type: 'object', properties: {}, definitions }
    const text = await compile(schema, 'Document', { unreachableDefinitions: true })
    writeFileSync(join(folder, 'document.ts'), text)
  },
  '@open-rpc/generator': async (path, folder) => {
    const { default: generator } = await import('@open-rpc/generator')
    const client = { type: 'client', name: 'bench', language: 'typescript' }
    await generator.default({ openrpcDocument: path, outDir: folder, components: [client] })
  },
}

async function read(path) {
  const { parse } = await import('yaml')
  const text = readFileSync(path, 'utf8')
  return path.endsWith('.yaml') ? parse(text) : JSON.parse(text)
}

const [generator, path, folder] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
await generators[generator](path, folder)
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
const cpu = (userCPUTime + systemCPUTime) / 1e6
const code = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.ts'))
const bytes = code.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
console.log(`\n${JSON.stringify({ cpu, megabytes: maxRSS / 1024, kilobytes: bytes / 1000 })}`)
