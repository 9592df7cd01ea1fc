// Chance that can be had again: mulberry32, from a seed that is printed.

export class Chance {
  constructor(seed = Math.floor(Math.random() * 2 ** 32)) {
    this.seed = seed >>> 0
    this.state = this.seed
  }

  /** In [0, 1). */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = this.state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  below(most) {
    return this.next() * most
  }

  /** 1, 2, … most. */
  count(most) {
    return 1 + Math.floor(this.below(most))
  }

  oneOf(list) {
    return list[Math.floor(this.below(list.length))]
  }

  shuffled(list) {
    const left = [...list]
    return Array.from(list, () => left.splice(Math.floor(this.below(left.length)), 1)[0])
  }
}
