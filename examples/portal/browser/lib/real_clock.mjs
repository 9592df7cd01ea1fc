// The clock of a service that has real time. It has the methods of `Clock`, except those that move time.
import { PERIOD } from './clock.mjs'
import { pause } from './process.mjs'

const step = () => Math.floor(Date.now() / 1000 / PERIOD)

/** The clock of the person's phone. It shows one code until `nextCode`, and may be one period ahead, as a real phone's may. */
export class RealClock {
  #step = step()

  get now() {
    // An older code is over.
    if (this.#step < step() - 1) this.#step = step()
    return this.#step * PERIOD + 1
  }

  /** To the next code. Waits only if the service does not accept it yet. */
  async nextCode() {
    this.#step = Math.max(this.#step + 1, step())
    while (this.#step > step() + 1) await pause(200)
  }

  advance() {
    throw new Error('this service has real time: a test that moves the clock needs the option `movingClock`')
  }
}
