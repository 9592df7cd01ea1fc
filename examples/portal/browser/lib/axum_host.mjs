// `examples/axum-host` under test: one tenant with its pages at the root, real time, and mail over SMTP only.
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { change, DATABASE } from './database.mjs'
import { Child } from './process.mjs'
import { Service } from './service.mjs'

const built = fileURLToPath(new URL('../../../../target/debug/axum-host', import.meta.url))
const BIN = resolve(process.env.AXUM_HOST_BIN || built)

export class AxumHost extends Service {
  bin = BIN
  day = 1
  #people = new Set()

  constructor({ dir, clock, smtpUrl, database = join(dir, DATABASE), publicUrl }) {
    super()
    Object.assign(this, { dir, clock, smtpUrl, database, publicUrl })
  }

  spawn() {
    const env = {
      LISTEN: `127.0.0.1:${this.port}`,
      DATABASE: this.database,
      KEYS: join(this.dir, 'keys'),
      SMTP: this.smtpUrl,
      ...(this.publicUrl ? { PUBLIC_URL: this.publicUrl } : {}),
    }
    return new Child(this.bin, [], { env, cwd: this.dir })
  }

  /** The service makes its table at its start, with one person in it. */
  async start() {
    await super.start()
    await this.#addPeople()
    return this
  }

  path(_tenant, page = '') {
    return `/${page}`
  }

  /** Nothing moves its clock. So another day brings other people, whose budgets are full and who have no links. */
  async anotherDay() {
    this.day++
    await this.#addPeople()
  }

  get everybody() {
    return [...this.#people]
  }

  login(name) {
    return this.day === 1 ? name : `d${this.day}${name}`
  }

  async #addPeople() {
    for (const login of super.everybody.map(name => this.login(name))) {
      this.#people.add(login)
      await change(this.database, 'INSERT OR IGNORE INTO users (login, mail) VALUES (?, ?)', login, `${login}@host.example`)
    }
  }
}
