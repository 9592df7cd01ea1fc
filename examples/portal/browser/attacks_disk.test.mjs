// A disk that fills up, and a database file that vanishes, is replaced or loses its contents under the portal.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, renameSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client, freshPassword, locationOf, mailedLink, textOf } from './lib/client.mjs'
import { query } from './lib/database.mjs'
import { exchange } from './lib/http.mjs'
import { aboutReset } from './lib/mail.mjs'
import { portalChild } from './lib/portal.mjs'
import { SmallDisk } from './lib/small_disk.mjs'
import { Stage } from './lib/stage.mjs'
import { address, tenants } from './lib/words.mjs'

const TENANTS = Object.keys(tenants)
const FAULT = 500
const UNAVAILABLE = 503
const WORDS = /Something went wrong on our side|Er ging iets mis bij ons/

/** A whole page in the tenant's clothes, with the headers of every page, that says nothing false. */
function expectFaultPage(answer, status) {
  assert.equal(answer.status, status, textOf(answer))
  assert.match(answer.headers['content-type'][0], /^text\/html/)
  assert.match(answer.headers['content-security-policy'][0], /default-src 'none'/)
  assert.match(textOf(answer), WORDS)
}

test('a full disk stops nobody once there is space again', async t => {
  const disk = new SmallDisk(t, '3m')
  await t.test('the portal on it', async t => {
    const stage = await Stage.open(t, { browser: false, database: disk.at('portal.sqlite') })
    const people = []
    for (const tenant of TENANTS) {
      const password = freshPassword()
      const client = new Client(stage.portal, tenant)
      await client.reset(await mailedLink(stage, client, 'extra1'), password)
      // The page is open, with its form token, before the disk is full.
      const signingIn = new Client(stage.portal, tenant)
      await signingIn.ask('sign-in')
      people.push({ tenant, password, client, signingIn })
    }
    for (let round = 1; round <= 2; round++) {
      disk.fill()
      for (const { tenant, password, client, signingIn } of people) {
        expectFaultPage(await client.forgot('extra2'), FAULT)
        expectFaultPage(await client.forgot('nobody'), FAULT)
        expectFaultPage(await signingIn.password('extra1', password), FAULT)
        expectFaultPage(await signingIn.password('extra1', 'wrong'), FAULT)
        expectFaultPage(await new Client(stage.portal, tenant).ask('forgot'), FAULT)
      }
      const style = await exchange(`${stage.portal.url}/static/portal.css`)
      assert.equal(style.status, 200, 'the fault page has its style')
      disk.free()
      for (const { tenant, password, client, signingIn } of people) {
        // Nothing was charged for what failed, so the right password is let on.
        const answer = await signingIn.password('extra1', password)
        assert.equal(locationOf(answer), `/${tenant}/second-factor`, textOf(answer))
        const seen = await stage.letters.count(address(tenant, 'extra2'), aboutReset)
        assert.equal((await client.forgot('extra2')).status, 200)
        await stage.letters.next(address(tenant, 'extra2'), aboutReset, seen)
      }
    }
    assert.match(stage.portal.child.stderr, /full/, 'the log says why')
    const [{ integrity_check: sound }] = await query(disk.dir, 'PRAGMA integrity_check')
    assert.equal(sound, 'ok')
  })
  disk.unmount()
})

/** Each kind of request is answered with the fault page, and none of them writes. */
async function expectClosed(stage, reason) {
  for (const tenant of TENANTS) {
    const client = new Client(stage.portal, tenant)
    for (const page of ['sign-in', 'forgot', '']) expectFaultPage(await client.ask(page), UNAVAILABLE)
    client.csrf = 'any'
    expectFaultPage(await client.forgot('extra1'), UNAVAILABLE)
    expectFaultPage(await client.password('extra1', 'wrong'), UNAVAILABLE)
  }
  await stage.portal.child.says(reason)
  const lines = stage.portal.child.stderr.split('\n').filter(line => reason.test(line))
  assert.equal(lines.length, 1, `reported once:\n${stage.portal.child.stderr}`)
}

async function expectOpen(stage) {
  for (const tenant of TENANTS) assert.equal((await new Client(stage.portal, tenant).forgot('extra1')).status, 200)
}

test('a database file that is moved away is reported, and never made anew', async t => {
  const stage = await Stage.open(t, { browser: false })
  const [file, elsewhere] = [stage.portal.database, join(stage.dir, 'elsewhere')]
  await expectOpen(stage)
  renameSync(file, elsewhere)
  await expectClosed(stage, /the database file is missing/)
  assert.equal(existsSync(file), false)
  renameSync(elsewhere, file)
  await expectOpen(stage)
  assert.match(stage.portal.child.stderr, /the file is back/)
})

test('a loss is reported without a request', async t => {
  const stage = await Stage.open(t, { browser: false })
  renameSync(stage.portal.database, join(stage.dir, 'elsewhere'))
  await stage.portal.child.says(/the database file is missing/)
})

test('another file in the place of the database is reported', async t => {
  const stage = await Stage.open(t, { browser: false })
  const copy = join(stage.dir, 'copy')
  copyFileSync(stage.portal.database, copy)
  renameSync(copy, stage.portal.database)
  const before = statSync(stage.portal.database)
  await expectClosed(stage, /another file has taken the place/)
  assert.deepEqual(statSync(stage.portal.database).mtimeMs, before.mtimeMs, 'nothing is written to it')
})

test('a database file without its contents is reported', async t => {
  const stage = await Stage.open(t, { browser: false })
  truncateSync(stage.portal.database, 0)
  await expectClosed(stage, /the database file was truncated/)
  assert.equal(statSync(stage.portal.database).size, 0)
})

test('keys without a database are no first start', async t => {
  const stage = await Stage.open(t, { browser: false })
  const { portal } = stage
  await portal.stop()
  const start = async (more = [], env = {}) => {
    const child = portalChild([...portal.args, ...more], env, portal.dir)
    const { code } = await child.ended
    return { code, line: child.stderr.trim() }
  }
  for (const lose of [() => renameSync(portal.database, join(stage.dir, 'elsewhere')), () => {
    renameSync(join(stage.dir, 'elsewhere'), portal.database)
    truncateSync(portal.database, 0)
  }]) {
    lose()
    const there = existsSync(portal.database)
    const { code, line } = await start()
    assert.notEqual(code, 0)
    assert.match(line, /^portal: [^\n]*is missing or empty[^\n]*--new-database$/)
    assert.equal(existsSync(portal.database), there)
    if (there) assert.equal(statSync(portal.database).size, 0)
  }
  portal.more = ['--new-database']
  await portal.start()
  await expectOpen(stage)
  portal.more = []
  await portal.restart()
  await expectOpen(stage)
})
