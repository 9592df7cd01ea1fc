// A flood of requests for links from ten thousand clients: few mails, little memory,
// and the links of before and of the other tenant. How late the other tenant's mail is, it tells.
//
// FLOOD   how many requests (default 6 000; the whole is 100 000). A name that nobody has keeps a mail sender for as
//         long as a mail takes, so that working them off takes minutes on a small machine.
import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { Chance } from './lib/chance.mjs'
import { Client, freshPassword, mailedLink } from './lib/client.mjs'
import { outboxEmpty, query } from './lib/database.mjs'
import { encode, FORM } from './lib/forms.mjs'
import { exchange } from './lib/http.mjs'
import { Post } from './lib/post.mjs'
import { eventually } from './lib/process.mjs'
import { Stage } from './lib/stage.mjs'
import { address } from './lib/words.mjs'

const FLOOD = Number(process.env.FLOOD ?? 6_000)
const NAMES = 10_000
const VICTIM = 'demo'
// One request in five names the victim.
const VICTIM_SHARE = 0.2
// Requests on one connection; each connection is another client's.
const EACH = 10
// One connection in fifty is of a client that does not know when to stop.
const STUBBORN = 50
const AT_ONCE = 16
// On the portal's clock: all within the life of a link, so that those from before must outlive the flood.
const A_SECOND = 200
// As the facade has them by default.
const LIVE_LINKS = 3
const OUTBOX = 10_000
// What the process may grow by. The queue is on disk, and nothing is kept for a name or a client.
const GROWTH = 64 * 1024

test('a flood of requests ends in a few mails, and links from before live on', async t => {
  const chance = new Chance(1)
  const stage = await Stage.open(t, { browser: false })
  const { portal, clock } = stage
  const post = new Post(join(stage.dir, 'mail'))
  const mailsTo = login => post.to(address('noord', login)).length
  const person = (tenant, localAddress) => new Client(portal, tenant, { more: { localAddress } })

  const victim = person('noord', '127.1.1.1')
  const before = { victim: await mailedLink(stage, victim, VICTIM), other: await mailedLink(stage, victim, 'extra1') }
  const start = memory(portal)
  const seen = { outbox: 0, rss: start.rss }
  const report = (what, sent) => {
    const now = memory(portal)
    seen.rss = Math.max(seen.rss, now.rss)
    console.log(`${what}: ${sent} requests, ${now.rss} kB (at most ${now.peak} kB), ${post.all().length} mails`)
  }
  report('before', 0)

  const names = [VICTIM, ...[1, 2, 3, 4, 5, 6, 7, 8].map(n => `extra${n}`), 'disabled']
  while (names.length < NAMES) names.push(`person${names.length}`)
  const headers = { Cookie: victim.jar.header, 'Content-Type': FORM }
  const body = login => encode([['csrf', victim.csrf], ['login', login]])
  const began = performance.now()
  let [sent, connections] = [0, 0]
  let elsewhere
  const lane = async () => {
    while (sent < FLOOD) {
      const n = ++connections
      const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress: n % STUBBORN ? clientAddress(n) : '127.66.6.6' })
      for (let i = 0; i < EACH && sent < FLOOD; i++) {
        const login = chance.next() < VICTIM_SHARE ? VICTIM : chance.oneOf(names)
        const number = ++sent
        const answer = await exchange(portal.address('noord', 'forgot'), { method: 'POST', headers, body: body(login), more: { agent } })
        assert.equal(answer.status, 200, `request ${number}`)
        if (number % A_SECOND === 0) clock.advance(1)
        if (number % (FLOOD / 2) === 0) {
          report('flood', number)
          const [{ jobs }] = await query(stage.dir, "SELECT count(*) AS jobs FROM slotwerk_outbox WHERE tenant = 'noord'")
          seen.outbox = Math.max(seen.outbox, jobs)
        }
        // In the middle of it, somebody of the other tenant needs a link.
        if (number === FLOOD / 2) elsewhere = otherTenant()
      }
      agent.destroy()
    }
  }
  const otherTenant = async () => {
    const from = performance.now()
    assert.equal((await person('zuid', '127.1.1.2').forgot('extra2')).status, 200)
    const answered = performance.now() - from
    const mail = await eventually(() => post.to(address('zuid', 'extra2'))[0], 'a mail of the other tenant', 300)
    return { answered, mailed: performance.now() - from, link: mail.reset }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  const took = performance.now() - began
  report('after', sent)
  const zuid = await elsewhere
  await outboxEmpty(stage.dir, { seconds: 900 })
  const drained = performance.now() - began
  report('worked off', sent)

  t.diagnostic(`${sent} requests in ${seconds(took)} s (${Math.round(sent / took * 1000)}/s), worked off after ${seconds(drained)} s`)
  t.diagnostic(`memory: ${start.rss} kB before, ${seen.rss} kB at most while looking, ${memory(portal).peak} kB at most, ${memory(portal).rss} kB after`)
  t.diagnostic(`mails: ${post.all().length}, of which ${mailsTo(VICTIM)} to the victim; jobs waiting at most ${seen.outbox}`)
  t.diagnostic(`the other tenant: answered after ${Math.round(zuid.answered)} ms, mailed after ${Math.round(zuid.mailed)} ms`)
  const tables = ['slotwerk_attempts', 'slotwerk_audit', 'slotwerk_outbox', 'slotwerk_resets', 'slotwerk_sessions']
  const rows = {}
  for (const table of tables) rows[table] = (await query(stage.dir, `SELECT count(*) AS n FROM ${table}`))[0].n
  const size = ['', '-wal'].map(end => statSync(join(stage.dir, `portal.sqlite${end}`)).size)
  t.diagnostic(`database: ${Math.round(size[0] / 1024)} kB and a log of ${Math.round(size[1] / 1024)} kB; rows ${JSON.stringify(rows)}`)

  // Nobody gets more than may be live at once: all of it was within the life of a link.
  for (const login of names.slice(0, 9)) assert.ok(mailsTo(login) <= LIVE_LINKS, `${mailsTo(login)} mails to ${login}`)
  assert.equal(mailsTo(VICTIM), LIVE_LINKS, 'the flood did reach the victim')
  assert.equal(mailsTo('disabled'), 0)
  assert.ok(post.all().length <= 9 * LIVE_LINKS + 1)
  assert.ok(memory(portal).peak <= start.rss + GROWTH, 'memory')
  assert.ok(seen.outbox <= OUTBOX)
  assert.equal(rows.slotwerk_sessions, 0, 'a request for a link makes no session')
  for (const link of Object.values(before)) assert.equal((await exchange(link)).status, 200, 'a link from before the flood')
  await victim.reset(before.victim, freshPassword())
  await victim.reset(before.other, freshPassword())
  await person('zuid', '127.1.1.2').reset(zuid.link, freshPassword())
})

/** The whole of 127.0.0.0/8 is this machine: each of these is another client to the portal. */
const clientAddress = n => `127.${100 + Math.floor(n / 254 / 256)}.${Math.floor(n / 254) % 256}.${1 + n % 254}`

const seconds = milliseconds => Math.round(milliseconds / 1000)

/** In kB, as Linux counts. */
function memory({ child }) {
  const status = readFileSync(`/proc/${child.process.pid}/status`, 'utf8')
  const field = name => Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))[1])
  return { rss: field('VmRSS'), peak: field('VmHWM') }
}
