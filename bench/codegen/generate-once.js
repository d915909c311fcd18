// Generates from one document and prints what that took: generate-once.js <generator> <path>
import { readFileSync } from 'node:fs'

const generators = {
  bothways: async (path) => {
    const { generateFrom } = await import('../../dist/codegen.js')
    const { files } = await generateFrom(path, 'out/')
    return [...files.values()].join('')
  },
  'json-schema-to-typescript': async (path) => {
    const { compile } = await import('json-schema-to-typescript')
    const { components } = JSON.parse(readFileSync(path, 'utf8'))
    const definitions = JSON.parse(
      JSON.stringify(components.schemas).replaceAll('#/components/schemas/', '#/definitions/'),
    )
    const schema = { type: 'object', properties: {}, definitions }
    return compile(schema, 'Document', { unreachableDefinitions: true })
  },
}

const [generator, path] = process.argv.slice(2)
const code = await generators[generator](path)
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
const cpu = (userCPUTime + systemCPUTime) / 1e6
console.log(JSON.stringify({ cpu, megabytes: maxRSS / 1024, kilobytes: code.length / 1000 }))
