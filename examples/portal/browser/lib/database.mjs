// The SQLite file of the service, looked at from outside: for what no page tells, and for what only a host changes.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, run } from './process.mjs'
import { python } from './python.mjs'

export const DATABASE = 'portal.sqlite'
const QUERY = fileURLToPath(new URL('../sqlite_query.py', import.meta.url))

export const query = (dir, statement, ...parameters) => change(join(dir, DATABASE), statement, ...parameters)

/** The same on a file by its name. */
export async function change(file, statement, ...parameters) {
  const { code, stdout, stderr } = await run(python, [QUERY, file, statement, JSON.stringify(parameters)])
  assert.equal(code, 0, `${statement}: ${stderr}`)
  return JSON.parse(stdout)
}

/** Everything in the tables of this name's beginning, as one text; bytes are in it as hexadecimal digits. */
export async function dump(dir, beginning) {
  const tables = await query(dir, "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, ?) = ?",
    beginning.length, beginning)
  assert.ok(tables.length > 0, `tables that begin with ${beginning}`)
  const rows = []
  for (const { name } of tables) rows.push({ name, rows: await query(dir, `SELECT * FROM ${name}`) })
  return JSON.stringify(rows)
}

const WAITING = 'SELECT count(*) AS jobs FROM slotwerk_outbox'

/** Waits until all mail that was asked for has left, or was found to be nobody's. */
export const outboxEmpty = (dir, { seconds = 60, poke } = {}) =>
  eventually(async () => {
    await poke?.()
    const [{ jobs }] = await query(dir, WAITING)
    return jobs === 0
  }, 'an empty outbox', seconds)
