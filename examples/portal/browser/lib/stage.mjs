// All that a test needs, set up together and taken down together: the service under test, mail, clock, browser.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch } from './browser.mjs'
import { host } from './hosts.mjs'
import { outboxEmpty } from './database.mjs'
import { Letterbox } from './mail.mjs'
import { SmtpSink } from './smtp.mjs'
import { Visitor } from './visitor.mjs'

export const SHOTS = process.env.SHOTS || fileURLToPath(new URL('../shots/', import.meta.url))

const newDir = () => mkdtempSync(join(tmpdir(), 'portal-suite-'))
const removeDir = dir => rmSync(dir, { recursive: true, force: true })

export function scratchDir(t) {
  const dir = newDir()
  t.after(() => removeDir(dir))
  return dir
}

export class Stage {
  visitors = new Set()

  /** `prepare` gets the directory and names more options of the portal. With `smtp` mail goes over SMTP to a sink; without, the portal keeps it in its mailbox and outbox. `publicUrl` is the address that people use, if it is another. `makePortal` makes another portal of these options. */
  static async open(t, { smtp = true, browser = true, flags = [], database, publicUrl, prepare = () => [], makePortal = options => new host.Service(options) } = {}) {
    smtp ||= !host.hasMailbox
    const stage = new Stage()
    stage.dir = newDir()
    t.after(() => stage.#close())
    const mail = join(stage.dir, 'mail')
    mkdirSync(mail)
    stage.clock = new host.Clock(stage.dir)
    if (smtp) stage.sink = await new SmtpSink(mail).start()
    stage.letters = new Letterbox(mail, join(stage.dir, 'images'))
    // Before its start: of several nodes, the first may run when the second fails.
    stage.portal = await makePortal({
      dir: stage.dir,
      clock: stage.clock,
      smtpUrl: stage.sink?.url,
      outbox: smtp ? undefined : mail,
      database,
      publicUrl,
      more: prepare(stage.dir),
    })
    await stage.portal.start()
    if (browser) stage.browser = await launch(flags)
    return stage
  }

  visitor(tenant, options) {
    return Visitor.open(this, tenant, options)
  }

  /** Another day of the service: budgets are full again. A mail in hand would lose its lease with the jump of the clock. */
  async anotherDay() {
    await outboxEmpty(this.dir)
    await this.portal.anotherDay()
  }

  /** A second process of the same service, on the same database and keys. */
  twin() {
    return new host.Service(this.portal)
  }

  /** A file name for a picture that the test reads again. */
  picture(name) {
    return join(this.dir, `${name}.png`)
  }

  async #close() {
    const faults = []
    const attempt = async work => {
      try {
        await work()
      } catch (error) {
        faults.push(error)
      }
    }
    for (const visitor of this.visitors) await attempt(() => visitor.close())
    await attempt(() => this.browser?.close())
    await attempt(() => this.portal?.stop())
    await attempt(() => this.sink?.stop())
    removeDir(this.dir)
    if (faults.length) throw faults[0]
  }

  /** Closes what a broken story left open, so that the next one's record shows only its own. */
  async sendAway() {
    for (const { context } of this.visitors) await context.close()
    this.visitors.clear()
  }

  /** What was on every screen when a step failed, for the person who reads the log. */
  async recordFailure(name) {
    mkdirSync(SHOTS, { recursive: true })
    let index = 0
    for (const { page } of this.visitors) {
      const stem = join(SHOTS, `failed-${name.replace(/[^a-z0-9]+/gi, '-')}-${++index}`)
      try {
        await page.screenshot({ path: `${stem}.png`, fullPage: true })
        writeFileSync(`${stem}.html`, `<!-- ${page.url()} -->\n${await page.content()}`)
      } catch {
        // The picture is a help, not the finding: the failure itself is reported by the caller.
      }
    }
  }
}

/** Steps that build on one another: the first that fails ends the story. */
export function story(t, stage) {
  return async (name, tell) => {
    let failure
    await t.test(name, async () => {
      try {
        await tell()
      } catch (error) {
        failure = error
        await stage.recordFailure(`${t.name} ${name}`)
        await stage.sendAway()
        throw error
      }
    })
    if (failure) throw new Error(`the story ends at: ${name}`)
  }
}
