// Generated code beside what people generate and validate with today. Prints Markdown; every figure is the best of rounds.
import { generation } from './generation.js'
import { typeChecking } from './type-checking.js'
import { validation } from './validation.js'

const tables = { generation, validation, typeChecking }
const wanted = process.argv.slice(2)

for (const [name, measure] of Object.entries(tables)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.error(`measuring ${name}`)
  const { title, head, rows } = await measure()
  const line = (cells) => `| ${cells.join(' | ')} |`
  console.log(
    [`## ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n'),
  )
}
