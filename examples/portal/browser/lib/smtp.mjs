// A real SMTP server on loopback, and what it caught.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Child } from './process.mjs'
import { python } from './python.mjs'

const SINK = fileURLToPath(new URL('../smtp_sink.py', import.meta.url))

export class SmtpSink {
  constructor(dir, port = 0) {
    this.dir = dir
    this.port = port
    mkdirSync(dir, { recursive: true })
  }

  /** Listens on a free port the first time, and on the same one ever after. */
  async start() {
    this.child = new Child(python, [SINK, '--dir', this.dir, '--port', String(this.port)])
    const [, port] = await this.child.says(/listening 127\.0\.0\.1:(\d+)/)
    this.port = Number(port)
    return this
  }

  get url() {
    return `smtp://127.0.0.1:${this.port}`
  }

  async stop() {
    await this.child?.stop()
    this.child = undefined
  }
}
