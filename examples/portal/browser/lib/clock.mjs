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

  /** What a clock in the Netherlands shows, once for each period since a moment, as another calendar than ours has it. */
  shownSince(from, lang) {
    const written = (locale, style) =>
      new Intl.DateTimeFormat(locale, { timeZone: 'Europe/Amsterdam', ...style })
    const day = written(lang === 'nl' ? 'nl-NL' : 'en-GB', { dateStyle: 'long' })
    const minute = written('en-GB', { timeStyle: 'short' })
    const zone = written('en-GB', { timeStyle: 'long' })
    const shown = []
    for (let at = from; at <= this.now; at += PERIOD) {
      const [date, letters] = [new Date(at * 1000), zone.format(at * 1000).split(' ').at(-1)]
      shown.push(`${day.format(date)}, ${minute.format(date)}\u00a0${letters}`)
    }
    return shown
  }

  /** To the beginning of the next period: the authenticator shows its next code. */
  nextCode() {
    this.set((Math.floor(this.now / PERIOD) + 1) * PERIOD + 1)
  }
}
