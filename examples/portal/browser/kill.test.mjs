// kill -9 at every step of request, mail and new password: what was promised is done whole or not at all.
//
// KILLS       how many (default 210)
// KILL_SEED   the seed of an earlier run, which prints it; the machine's own timing comes on top
import assert from 'node:assert/strict'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Chance } from './lib/chance.mjs'
import { Clock } from './lib/clock.mjs'
import { Client, freshPassword, textOf } from './lib/client.mjs'
import { outboxEmpty, query } from './lib/database.mjs'
import { exchange } from './lib/http.mjs'
import { Portal } from './lib/portal.mjs'
import { Post } from './lib/post.mjs'
import { eventually, pause } from './lib/process.mjs'
import { scratchDir, Stage } from './lib/stage.mjs'
import { address, tenants } from './lib/words.mjs'

const KILLS = Number(process.env.KILLS ?? 210)
const A_DAY = 24 * 3600
// A worker that dies holds its job for so long.
const LEASE = 120
// How often each step is the one that is cut off.
const SHARES = { 'start-up': 2, request: 4, mailing: 5, looking: 1, completing: 6, telling: 2 }
const CHANGED = 303
const OPEN = 200
const DEAD = 410
const REFUSED = 422

const seed = process.env.KILL_SEED

test('a portal that is killed at any step loses no mail and does nothing by halves', async t => {
  const chance = new Chance(seed && Number(seed))
  t.diagnostic(`KILL_SEED=${chance.seed}`)
  const stage = await Stage.open(t, { browser: false })
  const kills = new Kills(stage, chance)
  const total = Object.values(SHARES).reduce((sum, share) => sum + share)
  const plan = Object.entries(SHARES).flatMap(([step, share]) => Array(Math.ceil(KILLS * share / total)).fill(step))
  for (const step of chance.shuffled(plan)) {
    await kills.once(step).catch(error => {
      throw new Error(`after kill ${kills.done}, ${step}, seed ${chance.seed}: ${error.message}`, { cause: error })
    })
  }
  const [{ integrity_check: sound }] = await query(stage.dir, 'PRAGMA integrity_check')
  assert.equal(sound, 'ok')
  for (const line of kills.summary()) t.diagnostic(line)
  assert.ok(kills.done >= KILLS, `${kills.done} kills`)
})

test('a portal that is killed while it starts for the first time starts the next time', async t => {
  const chance = new Chance(seed && Number(seed))
  t.diagnostic(`KILL_SEED=${chance.seed}`)
  const clock = new Clock(scratchDir(t))
  let typical = 250
  for (let n = 0; n < 12; n++) {
    const portal = await new Portal({ dir: scratchDir(t), clock }).launch()
    await pause(chance.below(typical))
    await portal.kill()
    const from = performance.now()
    await portal.start()
    typical = performance.now() - from
    assert.equal((await new Client(portal, 'noord').forgot('demo')).status, OPEN)
    await portal.stop()
  }
})

class Kills {
  done = 0
  /** Milliseconds that a step takes when it is left alone. */
  typical = { 'start-up': 250, request: 20, looking: 20, completing: 150 }
  counts = {}

  constructor(stage, chance) {
    Object.assign(this, { stage, chance, portal: stage.portal, post: new Post(join(stage.dir, 'mail')) })
    const logins = ['demo', ...[1, 2, 3, 4, 5, 6, 7, 8].map(n => `extra${n}`)]
    this.people = Object.keys(tenants).flatMap(tenant => logins.map(login => ({ tenant, login, epoch: 0 })))
  }

  async once(step) {
    // Another day: no budget and no link of before stands in the way.
    this.stage.clock.advance(A_DAY)
    const round = new Round(this, step, this.chance.oneOf(this.people))
    await round.begin()
    await round.cutOff()
    this.stage.clock.advance(LEASE + 1)
    await this.timed('start-up', () => this.portal.start())
    await round.check()
  }

  async timed(step, work) {
    const from = performance.now()
    const result = await work()
    this.typical[step] = (this.typical[step] ?? 100) * 0.7 + (performance.now() - from) * 0.3
    return result
  }

  count(step, what, more = 1) {
    const found = this.counts[step] ??= {}
    found[what] = (found[what] ?? 0) + more
  }

  summary() {
    const total = what => Object.values(this.counts).reduce((sum, found) => sum + (found[what] ?? 0), 0)
    const line = found => Object.entries(found).sort().map(([what, many]) => `${many} ${what}`).join(', ')
    return [
      ...Object.entries(this.counts).map(([step, found]) => `${step}: ${line(found)}`),
      `${this.done} kills, ${this.post.all().length} mails, ${total('links mailed twice')} links and ` +
        `${total('notices mailed twice')} notices mailed twice, ${total('passwords changed')} passwords changed`,
    ]
  }
}

/** One person's way, cut off at one step. */
class Round {
  constructor(kills, step, person) {
    Object.assign(this, { kills, step, person, chance: kills.chance, portal: kills.portal })
    this.client = new Client(this.portal, person.tenant)
    this.to = address(person.tenant, person.login)
    this.before = kills.post.to(this.to).length
    this.accepted = 0
    this.attempted = 0
  }

  get mails() {
    return this.kills.post.to(this.to).slice(this.before)
  }

  get links() {
    return this.mails.map(mail => mail.reset).filter(Boolean)
  }

  get notices() {
    return this.mails.filter(mail => !mail.reset)
  }

  /** Up to the step that will be cut off. */
  async begin() {
    await this.client.ask('forgot')
    if (!['looking', 'completing', 'telling'].includes(this.step)) return
    await this.kills.timed('request', () => this.request())
    this.link = await eventually(() => this.links[0], `a link for ${this.to}`)
    await outboxEmpty(this.kills.stage.dir)
    await this.kills.timed('looking', () => this.client.ask(this.link))
  }

  async request() {
    this.attempted++
    const { status } = await this.client.forgot(this.person.login)
    assert.equal(status, OPEN)
    this.accepted++
  }

  async complete() {
    this.password = freshPassword()
    const answer = await this.client.save(this.link, this.password)
    assert.equal(answer.status, CHANGED, textOf(answer))
    this.promised = true
  }

  /** The step itself, and the kill at a moment within it or shortly after. */
  async cutOff() {
    if (this.step === 'start-up') {
      // Something is under way, too.
      await this.request()
      await this.kill()
      await this.portal.launch()
      await pause(this.chance.below(this.kills.typical['start-up']))
      await this.kill()
      return
    }
    const moment = this.moment()
    const steps = {
      request: () => this.request(),
      mailing: () => this.request(),
      looking: () => this.client.ask(this.link),
      completing: () => this.complete(),
      telling: () => this.complete(),
    }
    // A connection that breaks is what a kill looks like from here; any other failure is one.
    let broken
    const answered = steps[this.step]().catch(error => {
      if (error.code === 'ERR_ASSERTION') throw error
      broken = true
    })
    const grace = { mailing: 60, telling: 60 }[this.step] ?? 5
    const late = answered.then(() => pause(this.chance.below(grace)))
    try {
      await Promise.race([moment.come, late])
    } finally {
      moment.cancel()
    }
    await this.kill()
    await answered
    this.count(broken ? 'without an answer' : 'after the answer')
    this.count(`at ${moment.kind}`)
  }

  async kill() {
    await this.portal.kill()
    this.count('kills')
    if (++this.kills.done % 50 === 0) console.log(`${this.kills.done} kills`)
  }

  count(what, more) {
    this.kills.count(this.step, what, more)
  }

  /** By the clock, at a write to the database, or when a mail has just arrived. */
  moment() {
    const { stage, typical } = this.kills
    const background = this.step === 'mailing' || this.step === 'telling'
    const kind = this.chance.oneOf(background ? ['a time', 'a write', 'a write', 'a mail', 'a mail'] : ['a time', 'a write'])
    if (kind === 'a time') {
      // What happens in the background begins when the answer is about to be given.
      const from = { mailing: 0, telling: typical.completing }[this.step] ?? 0
      const length = background ? 3 * typical.request : typical[this.step] * 1.1
      return { kind, come: pause(from + this.chance.below(length)), cancel: () => {} }
    }
    let left = kind === 'a mail' ? 1 : this.chance.count(background ? 24 : 8)
    const [dir, counts] = kind === 'a mail'
      ? [join(stage.dir, 'mail'), name => /^\d+\.eml$/.test(name)]
      : [stage.dir, name => name === 'portal.sqlite-wal']
    let watcher
    const come = new Promise(resolve => {
      watcher = watch(dir, (_, name) => {
        if (counts(name ?? '') && --left <= 0) resolve()
      })
    })
    return { kind, come, cancel: () => watcher.close() }
  }

  /** What has to hold after any kill, once the portal is back and the outbox empty. */
  async check() {
    const { kills, person } = this
    if (this.accepted) await eventually(() => this.links.length >= this.accepted, `the mail to ${this.to} that was promised`)
    await outboxEmpty(kills.stage.dir)
    assert.ok(this.links.length >= this.accepted, 'no mail lost')
    const asked = Math.max(this.accepted, Math.min(this.attempted, this.links.length))
    this.count('links mailed', this.links.length)
    this.count('links mailed twice', this.links.length - asked)
    const [{ epoch }] = await query(kills.stage.dir,
      'SELECT coalesce(max(epoch), 0) AS epoch FROM slotwerk_credentials WHERE tenant = ? AND account = ?',
      person.tenant, `${person.tenant}-${person.login}`)
    const statuses = await Promise.all(this.links.map(async link => (await exchange(link)).status))
    if (!this.password) {
      assert.equal(epoch, person.epoch, 'nobody has set a password')
      assert.deepEqual(statuses, statuses.map(() => OPEN), 'every link that was mailed opens')
      assert.equal(this.notices.length, 0)
      return
    }
    const changed = await this.lets(this.password)
    if (this.promised) assert.equal(changed, true, 'what was answered is done')
    assert.equal(epoch, person.epoch + (changed ? 1 : 0), 'the password is changed once or not at all')
    assert.deepEqual(statuses, statuses.map(() => (changed ? DEAD : OPEN)), `links, the password ${changed ? '' : 'not '}being changed`)
    if (person.password) assert.equal(await this.lets(person.password), !changed, 'the password from before')
    if (changed) await eventually(() => this.notices.length, `the notice to ${this.to}`)
    else assert.equal(this.notices.length, 0, 'no notice of what did not happen')
    this.count('passwords changed', Number(changed))
    this.count('notices mailed twice', Math.max(0, this.notices.length - 1))
    if (changed) Object.assign(person, { epoch, password: this.password })
  }

  async lets(password) {
    const { status } = await new Client(this.portal, this.person.tenant).password(this.person.login, password)
    assert.ok([CHANGED, REFUSED].includes(status), `${status}`)
    return status === CHANGED
  }
}
