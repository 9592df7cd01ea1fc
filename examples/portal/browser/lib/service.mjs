// A service under test as a process: its own port, its orderly end and its sudden one.
import { existsSync } from 'node:fs'
import { eventually, freePort } from './process.mjs'
import { exchange } from './http.mjs'

/** A subclass names its program in `bin` and makes the process in `spawn`. */
export class Service {
  /** The address under which people reach it. */
  get publicAddress() {
    return this.publicUrl ?? this.url
  }

  /** The first start picks the port; later ones keep it, since the links in mail name it. */
  async launch() {
    if (!existsSync(this.bin)) throw new Error(`no program at ${this.bin}: build it, or name another (see run.sh)`)
    this.port ??= await freePort()
    this.url = `http://127.0.0.1:${this.port}`
    this.child = this.spawn()
    return this
  }

  /** Launched, and answering. */
  async start() {
    await this.launch()
    await this.child.says(new RegExp(`127\\.0\\.0\\.1:${this.port}\\b`))
    await eventually(() => exchange(`${this.url}/`).catch(() => undefined), `an answer from ${this.child.name}`)
    return this
  }

  /** SIGTERM; the end must be an orderly one. */
  async stop() {
    const child = this.child
    this.child = undefined
    if (!child) return
    const { code, signal } = await child.stop('SIGTERM')
    if (code !== 0) throw new Error(`after SIGTERM ${child.name} ended with ${code ?? signal}:\n${child.stdout}${child.stderr}`)
    if (/panicked at/.test(child.stderr)) throw new Error(`${child.name} panicked:\n${child.stderr}`)
  }

  /** SIGKILL: no last word, no tidying up. */
  async kill() {
    const child = this.child
    this.child = undefined
    child.process.kill('SIGKILL')
    const { code, signal } = await child.ended
    if (signal !== 'SIGKILL') throw new Error(`${child.name} ended by itself with ${code ?? signal}:\n${child.stdout}${child.stderr}`)
    if (/panicked at/.test(child.stderr)) throw new Error(`${child.name} panicked:\n${child.stderr}`)
  }

  async restart() {
    await this.stop()
    await this.start()
  }

  /** The path of a tenant's page. */
  path(tenant, page = '') {
    return `/${tenant}/${page}`
  }

  address(tenant, page = '') {
    return `${this.url}${this.path(tenant, page)}`
  }

  /** Another day: budgets are full again, and links of before are over. */
  async anotherDay() {
    this.clock.advance(24 * 3600)
  }

  /** Everybody who may sign in, at each tenant. */
  get everybody() {
    return ['demo', ...[1, 2, 3, 4, 5, 6, 7, 8].map(n => `extra${n}`)]
  }

  /** A person of today by the name of one of the first day, of the same length for all. */
  login(name) {
    return name
  }
}
