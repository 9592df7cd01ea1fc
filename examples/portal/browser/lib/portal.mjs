// The portal under test: its own port, its own database file, a clock of the test's making.
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from './process.mjs'
import { Service } from './service.mjs'

const built = fileURLToPath(new URL('../../../../target/debug/portal', import.meta.url))
export const BIN = resolve(process.env.PORTAL_BIN || built)

/** This process's environment without what would set the portal's options, plus the given variables. */
export function portalEnv(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PORTAL_'))
  return { ...Object.fromEntries(kept), ...extra }
}

/** Runs the portal with exactly these arguments, for the tests of its options. */
export const portalChild = (args, env = {}, cwd = undefined, bin = BIN) => new Child(bin, args, { env: portalEnv(env), cwd })

export class Portal extends Service {
  /** `databaseUrl` names a server's database in place of a file; `publicUrl` and `listenOn` (a port) are of a portal behind a proxy; `bin` is another portal than the one under test. */
  constructor({ dir, clock, smtpUrl, outbox, database = join(dir, 'portal.sqlite'), databaseUrl, publicUrl, listenOn, bin = BIN, more = [] }) {
    super()
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

  spawn() {
    return portalChild(this.args, {}, this.dir, this.bin)
  }
}
