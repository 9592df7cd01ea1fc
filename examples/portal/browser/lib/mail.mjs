// A directory of .eml files (the SMTP sink's, or the portal's own outbox) read as a letterbox.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, run } from './process.mjs'
import { python } from './python.mjs'

const REPORT = fileURLToPath(new URL('../mail_report.py', import.meta.url))

export class Letterbox {
  #read = new Map()

  constructor(dir, imageDir) {
    this.dir = dir
    this.imageDir = imageDir
  }

  /** All mail so far, oldest first. */
  async all() {
    const files = readdirSync(this.dir).filter(name => name.endsWith('.eml') && !name.startsWith('.'))
    for (const file of files) {
      if (!this.#read.has(file)) this.#read.set(file, await readMail(join(this.dir, file), this.imageDir))
    }
    // The order of arrival: a letterbox is read often, so what is new was not there before.
    return [...this.#read.values()]
  }

  async to(address) {
    return (await this.all()).filter(mail => mail.to.includes(address))
  }

  /** How many mails this address has now; pass it to `next` to wait for a newer one. */
  async count(address, kind = () => true) {
    return (await this.to(address)).filter(kind).length
  }

  /** The first mail of this kind to this address after the first `seen` of them. */
  async next(address, kind, seen = 0, { seconds, poke } = {}) {
    return eventually(
      async () => {
        await poke?.()
        return (await this.to(address)).filter(kind)[seen]
      },
      () => `mail ${seen + 1} of kind ${kind.name} to ${address}; there are ${this.#read.size} mails: ` +
        [...this.#read.values()].map(mail => `${mail.to}: ${mail.subject}`).join('; '),
      seconds,
    )
  }
}

export async function readMail(file, imageDir) {
  const { code, stdout, stderr } = await run(python, [REPORT, file, imageDir])
  assert.equal(code, 0, `${basename(file)} is not readable as mail:\n${stderr}`)
  return { file, ...JSON.parse(stdout) }
}

/** The address of the reset page in a mail, or undefined. */
export const resetLink = mail => mail.textLinks.find(link => /^(\/[^/]+)?\/reset\//.test(new URL(link).pathname))

/** The address of the page “this was not me” in a mail, or undefined. */
export const reportLink = mail => mail.textLinks.find(link => /^(\/[^/]+)?\/not-me\//.test(new URL(link).pathname))

// The kinds of mail, told apart as a reader of the bare message can.
export const aboutReset = mail => resetLink(mail) !== undefined
export const aboutSetUp = mail => mail.images.length > 0
export const aboutAnythingElse = mail => !aboutReset(mail) && !aboutSetUp(mail)
