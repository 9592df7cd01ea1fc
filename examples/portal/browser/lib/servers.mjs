// The database servers and the proxy that .ci/servers runs. A test that needs one fails when it is absent.
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { run } from './process.mjs'

const SERVERS = fileURLToPath(new URL('../../../../.ci/servers', import.meta.url))
const VARIABLES = {
  postgres: 'SLOTWERK_POSTGRES_URL',
  mariadb: 'SLOTWERK_MARIADB_URL',
  redis: 'SLOTWERK_REDIS_URL',
  haproxy: 'SLOTWERK_PROXY_URL',
}

/** The URL of a server, as `.ci/servers env` exports it. */
export function serverUrl(name) {
  const url = process.env[VARIABLES[name]]
  assert.ok(url, `${VARIABLES[name]} must name a server: .ci/servers start ${name} && eval "$(.ci/servers env)"`)
  return url
}

/** `kill` ends it as a crash would, `restart` starts it on the data that it left. */
export async function server(action, name) {
  const { code, stdout, stderr } = await run(SERVERS, [action, name])
  assert.equal(code, 0, `.ci/servers ${action} ${name}:\n${stdout}${stderr}`)
}

/** A new, empty database on a server: its URL. */
export async function newDatabase(name, database) {
  const url = new URL(serverUrl(name))
  const statements = name === 'postgres'
    ? [`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`, `CREATE DATABASE ${database}`]
    : [`DROP DATABASE IF EXISTS ${database}`, `CREATE DATABASE ${database}`]
  for (const statement of statements) await execute(name, url, statement)
  url.pathname = `/${database}`
  return url.href
}

/** The lines that a statement returns on PostgreSQL, with `|` between columns. */
export async function postgresRows(databaseUrl, statement) {
  const lines = await execute('postgres', new URL(databaseUrl), statement)
  return lines.split('\n').filter(line => line)
}

async function execute(name, url, statement) {
  const { code, stdout, stderr } = await run(...client(name, url, statement))
  assert.equal(code, 0, `${statement}: ${stderr}`)
  return stdout
}

function client(name, url, statement) {
  if (name === 'postgres') return ['psql', ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align',
    '--set=ON_ERROR_STOP=1', `--command=${statement}`, url.href]]
  return ['mariadb', ['--no-defaults', '--protocol=tcp', `--host=${url.hostname}`, `--port=${url.port}`,
    `--user=${url.username}`, `--password=${url.password}`, `--execute=${statement}`]]
}
