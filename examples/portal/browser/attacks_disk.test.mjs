// A disk that fills up, and a database file that vanishes, is replaced or loses its contents under the portal.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
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
        expectFaultPage(await client.forgot('extra2'), UNAVAILABLE)
        expectFaultPage(await client.forgot('nobody'), UNAVAILABLE)
        expectFaultPage(await signingIn.password('extra1', password), UNAVAILABLE)
        expectFaultPage(await signingIn.password('extra1', 'wrong'), UNAVAILABLE)
        const page = await new Client(stage.portal, tenant).ask('forgot')
        assert.equal(page.status, 200, 'a page that writes nothing is shown')
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

test('a database file that is not the one that was opened', async t => {
  const stage = await Stage.open(t, { browser: false })
  const { portal } = stage
  const [file, elsewhere] = [portal.database, join(stage.dir, 'elsewhere')]
  const log = () => portal.child.stderr

  await t.test('moved away it is reported without a request, and not made anew', async () => {
    await expectOpen(stage)
    renameSync(file, elsewhere)
    await portal.child.says(/the database file is missing/)
    await expectClosed(stage, /the database file is missing/)
    assert.equal(existsSync(file), false)
    renameSync(elsewhere, file)
    await expectOpen(stage)
    assert.match(log(), /the file is back/)
  })

  await t.test('replaced it is reported, and the other file is left alone', async () => {
    renameSync(file, elsewhere)
    copyFileSync(elsewhere, file)
    const before = statSync(file).mtimeMs
    await expectClosed(stage, /another file has taken the place/)
    assert.equal(statSync(file).mtimeMs, before)
    renameSync(elsewhere, file)
    await expectOpen(stage)
  })

  await t.test('without its contents it is reported', async () => {
    truncateSync(file, 0)
    await expectClosed(stage, /the database file was truncated/)
    assert.equal(statSync(file).size, 0)
  })

  await t.test('missing or empty at the start it is an error, beside a key file', async () => {
    await portal.stop()
    // The last connection may have written the journal back into the file.
    for (const journal of ['-wal', '-shm']) rmSync(file + journal, { force: true })
    truncateSync(file, 0)
    const refused = async () => {
      const child = portalChild(portal.args, {}, portal.dir)
      // A portal that starts all the same would never end.
      const late = setTimeout(() => child.process.kill('SIGKILL'), 10_000)
      const { code, signal } = await child.ended
      clearTimeout(late)
      assert.equal(signal, null, 'it started')
      assert.notEqual(code, 0)
      assert.match(child.stderr.trim(), /^portal: [^\n]*is missing or empty[^\n]*--new-database$/)
    }
    await refused()
    assert.equal(statSync(file).size, 0)
    rmSync(file)
    await refused()
    assert.equal(existsSync(file), false)
    portal.more = ['--new-database']
    await portal.start()
    await expectOpen(stage)
    portal.more = []
    await portal.restart()
    await expectOpen(stage)
  })
})
