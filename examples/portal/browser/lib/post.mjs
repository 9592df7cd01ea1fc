// What the SMTP sink has caught, read as far as a count needs it: much faster than reading each mail as a mail program would.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export class Post {
  #read = new Map()

  constructor(dir) {
    this.dir = dir
  }

  /** All mail so far: { to, reset: the link or undefined }, oldest first. */
  all() {
    for (const file of readdirSync(this.dir).filter(name => /^\d+\.eml$/.test(name)).sort()) {
      if (!this.#read.has(file)) this.#read.set(file, this.#look(file))
    }
    return [...this.#read.values()]
  }

  to(address) {
    return this.all().filter(mail => mail.to === address)
  }

  #look(file) {
    const { to: [to] } = JSON.parse(readFileSync(join(this.dir, file.replace('.eml', '.json')), 'utf8'))
    const source = readFileSync(join(this.dir, file), 'latin1')
    const text = /quoted-printable/i.test(source)
      ? source.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
      : source
    return { to, reset: text.match(/https?:\/\/[^\s<>"/]+\/[a-z]+\/reset\/[\w-]+/)?.[0] }
  }
}
