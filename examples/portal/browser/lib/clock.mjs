// The one clock of a test: the portal reads it from a file, oathtool gets it as an argument.
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const PERIOD = 30

export class Clock {
  /** Starts at the beginning of a code's period near the real time, so that cookie dates make sense. */
  constructor(dir) {
    this.file = join(dir, 'clock')
    this.set(Math.floor(Date.now() / 1000 / PERIOD) * PERIOD + 1)
  }

  set(seconds) {
    this.now = seconds
    // Renamed into place: the portal never reads half a number.
    writeFileSync(`${this.file}.new`, `${seconds}\n`)
    renameSync(`${this.file}.new`, this.file)
  }

  advance(seconds) {
    this.set(this.now + seconds)
  }

  /** To the beginning of the next period: the authenticator shows its next code. */
  nextCode() {
    this.set((Math.floor(this.now / PERIOD) + 1) * PERIOD + 1)
  }
}
