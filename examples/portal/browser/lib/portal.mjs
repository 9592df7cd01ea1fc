// The portal under test: its own port, its own database file, a clock of the test's making.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child, eventually, freePort } from './process.mjs'
import { exchange } from './http.mjs'

const built = fileURLToPath(new URL('../../../../target/debug/portal', import.meta.url))
export const BIN = resolve(process.env.PORTAL_BIN || built)

/** This process's environment without what would set the portal's options, plus the given variables. */
export function portalEnv(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PORTAL_'))
  return { ...Object.fromEntries(kept), ...extra }
}

/** Runs the portal with exactly these arguments, for the tests of its options. */
export const portalChild = (args, env = {}, cwd = undefined, bin = BIN) => new Child(bin, args, { env: portalEnv(env), cwd })

export class Portal {
  /** `databaseUrl` names a server's database in place of a file; `publicUrl` and `listenOn` (a port) are of a portal behind a proxy; `bin` is another portal than the one under test. */
  constructor({ dir, clock, smtpUrl, outbox, database = join(dir, 'portal.sqlite'), databaseUrl, publicUrl, listenOn, bin = BIN, more = [] }) {
    this.bin = bin
    this.dir = dir
    this.database = database
    this.databaseUrl = databaseUrl ?? `sqlite://${database}`
    this.publicUrl = publicUrl
    this.port = listenOn
    this.clock = clock
    this.smtpUrl = smtpUrl
    this.outbox = outbox
    this.more = more
  }

  get args() {
    return [
      '--listen', `127.0.0.1:${this.port}`,
      '--public-url', this.publicUrl ?? this.url,
      '--database-url', this.databaseUrl,
      '--keys', join(this.dir, 'keys'),
      '--clock-file', this.clock.file,
      ...(this.smtpUrl ? ['--smtp-url', this.smtpUrl] : []),
      ...(this.outbox ? ['--outbox-dir', this.outbox] : []),
      ...this.more,
    ]
  }

  /** The first start picks the port; later ones keep it, since the links in mail name it. */
  async launch() {
    if (!existsSync(this.bin)) throw new Error(`no portal at ${this.bin}: build it, or name it in PORTAL_BIN`)
    this.port ??= await freePort()
    this.url = `http://127.0.0.1:${this.port}`
    this.child = portalChild(this.args, {}, this.dir, this.bin)
    return this
  }

  /** Launched, and answering. */
  async start() {
    await this.launch()
    await this.child.says(new RegExp(`127\\.0\\.0\\.1:${this.port}\\b`))
    await eventually(() => exchange(`${this.url}/`).catch(() => undefined), 'an answer from the portal')
    return this
  }

  /** SIGTERM; the end must be an orderly one. */
  async stop() {
    const child = this.child
    this.child = undefined
    if (!child) return
    const { code, signal } = await child.stop('SIGTERM')
    if (code !== 0) throw new Error(`after SIGTERM the portal ended with ${code ?? signal}:\n${child.stdout}${child.stderr}`)
    if (/panicked at/.test(child.stderr)) throw new Error(`the portal panicked:\n${child.stderr}`)
  }

  /** SIGKILL: no last word, no tidying up. */
  async kill() {
    const child = this.child
    this.child = undefined
    child.process.kill('SIGKILL')
    const { code, signal } = await child.ended
    if (signal !== 'SIGKILL') throw new Error(`the portal ended by itself with ${code ?? signal}:\n${child.stdout}${child.stderr}`)
    if (/panicked at/.test(child.stderr)) throw new Error(`the portal panicked:\n${child.stderr}`)
  }

  async restart() {
    await this.stop()
    await this.start()
  }

  address(tenant, page = '') {
    return `${this.url}/${tenant}/${page}`
  }
}
