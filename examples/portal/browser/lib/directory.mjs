// The user table of the service, changed from outside as its owner would.
import { query } from './database.mjs'
import { host } from './hosts.mjs'

const [TABLE, WHERE, key] = host.disabled
  ? ['portal_users', 'tenant = ? AND login = ?', (tenant, login) => [tenant, login]]
  : ['users', 'login = ?', (_tenant, login) => [login]]

/** The row of a person, to `restore` it later. */
export async function personRow(dir, tenant, login) {
  const [row] = await query(dir, `SELECT * FROM ${TABLE} WHERE ${WHERE}`, ...key(tenant, login))
  return row
}

/** Changes a column of a person's row. */
export const changePerson = (dir, tenant, login, column, value) =>
  query(dir, `UPDATE ${TABLE} SET ${column} = ? WHERE ${WHERE}`, value, ...key(tenant, login))

export const deletePerson = (dir, tenant, login) =>
  query(dir, `DELETE FROM ${TABLE} WHERE ${WHERE}`, ...key(tenant, login))

export const restore = (dir, row) =>
  query(dir, `INSERT INTO ${TABLE} VALUES (${Object.keys(row).map(() => '?').join(', ')})`, ...Object.values(row))
