// Ask as poll.py does, with Node's driver. Arguments: the file with all, the masked one.
import { DuckDBInstance } from '@duckdb/node-api'

const QUERY = `
    select release, min(revision), max(revision)
    from ops.release cross join main.transactions
    group by release
`
let isOver = false
process.stdin.on('end', () => { isOver = true }).resume()

async function ask(path) {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  await connection.run('set enable_external_access = false')
  const answer = await connection.runAndReadAll(QUERY)
  connection.closeSync()
  instance.closeSync()
  return answer.getRows()[0].map(Number)
}

for (let isLast = false; !isLast;) {
  isLast = isOver
  for (const [place, path] of process.argv.slice(2).entries()) {
    console.log(JSON.stringify([place, ...(await ask(path))]))
  }
}
