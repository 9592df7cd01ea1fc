// What attackers did to reset links elsewhere, done to ours over HTTP.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, locationOf, mailedLink, tally, textOf } from './lib/client.mjs'
import { changePerson, deletePerson, personRow, restore } from './lib/directory.mjs'
import { dump, outboxEmpty, query } from './lib/database.mjs'
import { host, severalTenants } from './lib/hosts.mjs'
import { exchange } from './lib/http.mjs'
import { aboutAnythingElse } from './lib/mail.mjs'
import { masked } from './lib/masked.mjs'
import { Stage } from './lib/stage.mjs'
import { address, onScreen, tenants } from './lib/words.mjs'

const OPEN = 200
const DEAD = 410
const LET_ON = 303
const REFUSED = 422
const WAIT = 429
const BUSY = 503
// Addresses that many clients come from, since the connections of one are limited.
const CROWD = 4

for (const tenant of Object.keys(tenants)) {
  const other = Object.keys(tenants).find(name => name !== tenant)

  test(`${tenant}: a link under attack`, async t => {
    const stage = await Stage.open(t, { browser: false })
    const person = (n = 1) => new Client(stage.portal, tenant, { more: { localAddress: `127.76.0.${n}` } })
    const link = login => mailedLink(stage, person(), login)

    await t.test('a link with one bit changed, cut short or made longer is dead like any other, and lives on', async () => {
      const real = await link('demo')
      const [stem, token] = [real.slice(0, real.lastIndexOf('/') + 1), real.slice(real.lastIndexOf('/') + 1)]
      assert.ok(token.length <= 80, `${token.length} characters`)
      const expected = masked(await exchange(`${stem}never-a-link`))
      assert.equal(expected.status, DEAD)
      const forged = [...forgeries(token)]
      assert.ok(forged.length > 500, `${forged.length} forgeries`)
      await inLanes(forged, async one => {
        assert.deepEqual(masked(await exchange(stem + one)), expected, one)
      })
      // Looking is one thing, setting a password is another.
      const attacker = person()
      for (const one of forged.filter((_, n) => n % 50 === 0)) {
        assert.equal((await attacker.save(stem + one, freshPassword())).status, DEAD, one)
      }
      await person().reset(real, freshPassword())
    })

    await t.test('a link opens with what mail programs add to it, and sets one password', async () => {
      const real = await link('demo')
      const added = ['.', ')', '%3E', ',', '=', '%3D', '%20', '/', ';', '!', "'", '%22', ']', '%C2%BB', '%E2%80%8B', '%EF%BB%BF',
        '%2520', ').', '%3E.', '%0D%0A', '/?utm_source=mail', '?utm_source=mail', '-', '_']
      const broken = ['=', '%3D%0D%0A', '%E2%80%8B', '%C2%AD'].map(between => real.slice(0, -40) + between + real.slice(-40))
      const mangled = [...added.map(more => real + more), ...broken]
      for (const one of mangled) assert.equal((await exchange(one)).status, OPEN, one)
      assert.equal((await person().save(`${real}/`, freshPassword())).status, LET_ON, 'the form of a link with a slash')
      for (const one of [real, ...mangled]) assert.equal((await exchange(one)).status, DEAD, one)
      assert.equal((await person().save(`${real}.`, freshPassword())).status, DEAD, 'another spelling is no other link')
    })

    await t.test('what database drivers and parsers take for something is no link', async () => {
      const odd = ['0', '1', '-1', 'null', 'undefined', 'true', 'NaN', '[]', '{}', '%5B%5D', '[""]', '*', '%25', '_', '%20', '%09',
        "'%20OR%201=1--", '%22', 'AAAA', '=', '..%2f..', '%F0%9F%94%91', 'a'.repeat(81), 'A'.repeat(2000)]
      const expected = masked(await exchange(stage.portal.address(tenant, 'reset/never-a-link')))
      const attacker = person()
      for (const one of odd) {
        assert.deepEqual(masked(await exchange(stage.portal.address(tenant, `reset/${one}`))), expected, one)
        assert.equal((await attacker.save(`reset/${one}`, freshPassword())).status, DEAD, one)
      }
    })

    await t.test('a link of one tenant sets no password at the other', severalTenants, async () => {
      const real = await link('extra1')
      const swapped = real.replace(`/${tenant}/`, `/${other}/`)
      const attacker = new Client(stage.portal, other)
      const password = freshPassword()
      assert.equal((await attacker.ask(swapped)).status, DEAD)
      assert.equal((await attacker.save(swapped, password)).status, DEAD)
      assert.equal((await attacker.password('extra1', password)).status, REFUSED)
      await person().reset(real, freshPassword())
    })

    await t.test('a link stands in for no sign-in, and a sign-in for no link', async () => {
      const password = freshPassword()
      await person().reset(await link('extra2'), password)
      const v = person()
      await v.pass('extra2', password)
      const fresh = (await link('extra2')).split('/').at(-1)
      const flow = v.jar.get(v.cookie('flow'))
      assert.equal((await v.ask('second-factor')).status, OPEN, 'the sign-in goes on')
      assert.equal((await v.ask(`reset/${flow}`)).status, DEAD)
      assert.equal((await v.save(`reset/${flow}`, freshPassword())).status, DEAD)
      for (const name of ['flow', 'session']) {
        const thief = person()
        thief.jar.set(thief.cookie(name), fresh)
        assert.match(locationOf(await thief.ask('second-factor')) ?? '', /sign-in/, `a link is no ${name}`)
        await thief.expectSignedOut()
      }
      assert.equal((await v.ask('second-factor')).status, OPEN, 'the sign-in was not used up by trying')
      assert.equal((await v.ask(`reset/${fresh}`)).status, OPEN, 'nor the link')
    })

    await t.test('scanners that GET, HEAD and OPTIONS fifty times each use no link up', async () => {
      const real = await link('extra3')
      const scans = ['GET', 'HEAD', 'OPTIONS'].flatMap(method => Array(50).fill(method))
      await inLanes(scans, async method => {
        const { status } = await exchange(real, { method })
        assert.equal(status, method === 'OPTIONS' ? 405 : OPEN, method)
      })
      await person().reset(real, freshPassword())
      assert.equal((await exchange(real)).status, DEAD)
    })

    for (const [login, many] of [['extra4', 16], ['extra5', 100]]) {
      await t.test(`${many} posts of one link at once set one password`, async () => {
        const real = await link(login)
        await oneWins(await opened(many, n => [person(1 + n % CROWD), real]), real, login)
      })
    }

    await t.test('two processes on one database let one link be used once', async t2 => {
      const twin = await stage.twin().start()
      t2.after(() => twin.stop())
      const real = await link('extra6')
      const there = real.replace(stage.portal.url, twin.url)
      await oneWins(await opened(40, n => (n % 2 ? [person(), real] : [new Client(twin, tenant), there])), real, 'extra6')
      assert.equal((await exchange(there)).status, DEAD, 'the other process knows')
    })

    await t.test('no order of steps sets a password without the link that was mailed', async () => {
      await stage.anotherDay()
      const [login, victim] = ['extra1', 'extra7'].map(name => stage.portal.login(name))
      const [mine, theirs] = [freshPassword(), freshPassword()]
      await person().reset(await link(victim), theirs)
      const own = await link(login)
      const attacker = person()
      assert.equal((await attacker.ask(own)).status, OPEN)
      // A link of one's own, opened; then a request for the victim in the same session; then the steps in every odd order.
      assert.equal((await attacker.forgot(victim)).status, OPEN)
      for (const page of ['reset', 'reset/', 'reset//', 'password', 'second-factor', 'second-factor/enrol', '']) {
        const answer = await attacker.send(page, { password: mine, login: victim })
        assert.ok(answer.status >= 400 || /sign-in/.test(locationOf(answer)), `${page}: ${answer.status} ${locationOf(answer)}`)
      }
      const named = await attacker.send(own, { password: mine, login: victim, user: victim, account: `${tenant}-${victim}` })
      assert.equal(named.status, LET_ON, 'the form of the own link, with a name that is nobody’s business')
      assert.equal((await attacker.send(own, { password: mine, login: victim })).status, DEAD, 'the same step again')
      assert.equal((await attacker.send(`${own}?login=${victim}`, { password: mine })).status, DEAD)
      assert.equal((await person().password(victim, mine)).status, REFUSED, 'the victim’s password is not the attacker’s')
      await person().pass(victim, theirs)
      // Nor with the password alone: the steps behind the second factor stay shut.
      const half = person()
      await half.pass(login, mine)
      await half.expectSignedOut()
      const change = await half.send('password', { current: mine, password: freshPassword() })
      assert.match(locationOf(change), /sign-in/)
      await person().pass(login, mine)
    })

    await t.test('a link is dead for an account that was disabled, moved to another address or deleted', async () => {
      await stage.anotherDay()
      const login = stage.portal.login('extra1')
      const who = [stage.dir, tenant, login]
      const real = await link(login)
      const row = await personRow(...who)
      const isDead = async why => {
        assert.equal((await exchange(real)).status, DEAD, why)
        assert.equal((await person().save(real, freshPassword())).status, DEAD, why)
      }
      if (host.disabled) {
        await changePerson(...who, 'enabled', 0)
        await isDead('disabled')
        await changePerson(...who, 'enabled', 1)
      }
      await changePerson(...who, 'mail', 'moved@zuid.example')
      await isDead('moved')
      await deletePerson(...who)
      await isDead('deleted')
      await restore(stage.dir, row)
      await person().reset(real, freshPassword())
    })

    await t.test('of four requests three are mailed, and one success ends them all', async () => {
      await stage.anotherDay()
      const login = stage.portal.login('extra8')
      const links = []
      for (let n = 0; n < 3; n++) links.push(await link(login))
      await person().forgot(login)
      await outboxEmpty(stage.dir)
      assert.equal((await stage.letters.to(address(tenant, login))).length, 3)
      for (const one of links) assert.equal((await exchange(one)).status, OPEN)
      await person().reset(links[1], freshPassword())
      for (const one of links) assert.equal((await exchange(one)).status, DEAD)
    })

    await t.test('a link is in no other page, no header, no log and no table', async () => {
      await stage.anotherDay()
      const login = stage.portal.login('demo')
      const real = await link(login)
      const token = real.split('/').at(-1)
      const v = person()
      const answers = [await v.ask(real), await v.save(real, 'kort'), await v.save(real, freshPassword())]
      for (const page of ['sign-in?notice=changed', 'sign-in', 'forgot', '', 'geen-pagina']) answers.push(await v.ask(page))
      answers.push(await v.ask(real), await v.save(real, freshPassword()))
      assert.deepEqual(answers.map(({ status }) => status), [OPEN, REFUSED, LET_ON, 200, 200, 200, 303, 404, DEAD, DEAD])
      for (const { method, status, text, rawHeaders } of answers) {
        assert.ok(!text.includes(token), `${method} ${status}: in the page`)
        assert.ok(!JSON.stringify(rawHeaders).includes(token), `${method} ${status}: in a header`)
      }
      const live = await link(login)
      const bytes = Buffer.from(live.split('/').at(-1), 'base64url')
      const held = await dump(stage.dir, 'slotwerk_')
      assert.ok(!held.includes(live.split('/').at(-1)), 'the token in the database')
      // Any eight octets of it in a row would be half a secret.
      for (let at = 8; at + 8 <= bytes.length; at++) {
        assert.ok(!held.includes(bytes.toString('hex', at, at + 8)), `octets ${at} and on in the database`)
      }
      assert.ok(!(await dump(stage.dir, 'slotwerk_')).includes('@'), 'an address in the store')
      const { stdout, stderr } = stage.portal.child
      for (const secret of [token, live.split('/').at(-1), address(tenant, login)]) {
        assert.ok(!(stdout + stderr).includes(secret), 'in the log')
      }
    })
  })

  /** Clients that have opened the link, each with a password of its own. */
  async function opened(many, each) {
    const clients = []
    await inLanes([...Array(many).keys()], async n => {
      const [client, link] = each(n)
      assert.equal((await client.ask(link)).status, OPEN)
      clients.push({ client, link, password: freshPassword() })
    })
    return clients
  }

  async function oneWins(clients, link, login) {
    const answers = await Promise.all(clients.map(({ client, link, password }) => client.save(link, password)))
    const counted = tally(answers)
    assert.equal(counted[LET_ON], 1, JSON.stringify(counted))
    // To be told to wait is an answer, too: nothing has changed for whoever gets it.
    const lose = [DEAD, WAIT, BUSY].reduce((sum, status) => sum + (counted[status] ?? 0), 0)
    assert.equal(lose, clients.length - 1, JSON.stringify(counted))
    const won = answers.findIndex(({ status }) => status === LET_ON)
    const lost = (won + 1) % clients.length
    assert.equal((await clients[0].client.password(login, clients[lost].password)).status, REFUSED, 'a loser’s password')
    await clients[0].client.pass(login, clients[won].password)
    assert.equal((await exchange(link)).status, DEAD)
  }
}

test(`${onScreen}: what a reset leaves and what it ends`, async t => {
  const stage = await Stage.open(t, { browser: false })
  const { clock } = stage
  const person = () => new Client(stage.portal, onScreen)

  await t.test('a reset asks for the second factor as before, which is untouched', async () => {
    const [before, after] = [freshPassword(), freshPassword()]
    const v = person()
    await v.reset(await mailedLink(stage, v, 'demo'), before)
    const { secret, codes } = await v.enrol('demo', before, clock)
    const factors = () => query(stage.dir, 'SELECT hex(id) AS id, hex(sealed) AS sealed FROM slotwerk_authenticators')
    const enrolled = await factors()
    await person().reset(await mailedLink(stage, v, 'demo'), after)
    assert.deepEqual(await factors(), enrolled)
    const again = person()
    await again.pass('demo', after)
    await again.expectSignedOut()
    assert.match(locationOf(await again.ask('second-factor/enrol')), /second-factor|sign-in/, 'no new set-up')
    await person().signIn('demo', after, secret, clock)
    // The recovery codes are the owner's still, too.
    const spare = person()
    await spare.pass('demo', after)
    assert.equal((await spare.send('second-factor/recovery', { code: codes[0] })).status, LET_ON)
    await spare.expectSignedIn()
  })

  await t.test('a reset ends every session and every sign-in under way, signs nobody in and tells the owner', async () => {
    const [before, after] = [freshPassword(), freshPassword()]
    const [phone, desk, half, finder] = [person(), person(), person(), person()]
    await phone.reset(await mailedLink(stage, phone, 'extra1'), before)
    const { secret } = await phone.enrol('extra1', before, clock)
    await desk.signIn('extra1', before, secret, clock)
    await half.pass('extra1', before)
    const to = address(onScreen, 'extra1')
    const link = await mailedLink(stage, finder, 'extra1')
    await phone.expectSignedIn()
    await outboxEmpty(stage.dir)
    const told = await stage.letters.count(to, aboutAnythingElse)
    // From a browser that is signed in itself.
    const saved = await desk.reset(link, after)
    assert.equal(locationOf(saved), desk.path('sign-in?notice=changed'))
    for (const one of [phone, desk, finder]) await one.expectSignedOut()
    assert.match(locationOf(await half.ask('second-factor')), /sign-in/, 'a sign-in under way')
    const notice = await stage.letters.next(to, aboutAnythingElse, told)
    assert.deepEqual(notice.to, [to])
    await outboxEmpty(stage.dir)
    assert.equal(await stage.letters.count(to, aboutAnythingElse), told + 1)
  })

  await t.test('a session id from before the sign-in is worth nothing after it', async () => {
    const [own, password] = [freshPassword(), freshPassword()]
    const [v, attacker] = [person(), person()]
    await v.reset(await mailedLink(stage, v, 'extra2'), password)
    await attacker.reset(await mailedLink(stage, attacker, 'extra3'), own)
    // Values that the portal knows: they come with sign-ins of the attacker's own.
    const [FLOW, SESSION] = [v.cookie('flow'), v.cookie('session')]
    await attacker.enrol('extra3', own, clock)
    const session = attacker.jar.get(SESSION)
    await attacker.password('extra3', own)
    const planted = attacker.jar.get(FLOW)
    assert.ok(session && planted, 'a session and a flow of the attacker')
    v.jar.set(SESSION, session)
    v.jar.set(FLOW, planted)
    await v.pass('extra2', password)
    const between = v.jar.get(FLOW)
    assert.notEqual(between, planted, 'another flow after the password')
    await v.setUp(clock)
    const signedIn = v.jar.get(SESSION)
    assert.notEqual(signedIn, session, 'another session')
    for (const name of [FLOW, SESSION]) {
      for (const old of [planted, between, session]) {
        const thief = person()
        thief.jar.set(name, old)
        await thief.expectSignedOut()
      }
    }
    await v.expectSignedIn()
  })
})

/** Every bit turned, every shorter one, and longer ones; the alphabet stays that of an address. */
function* forgeries(token) {
  const bytes = Buffer.from(token, 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const turned = Buffer.from(bytes)
    turned[bit >> 3] ^= 1 << (bit & 7)
    yield turned.toString('base64url')
  }
  for (let length = 1; length < token.length; length++) yield token.slice(0, length)
  for (const more of ['A', 'AA', 'AAAA', '0', '%41', token]) yield token + more
  for (const before of ['A', '.', '(', '%3C', '%25']) yield before + token
  for (const between of ['.', '+', '%2B', '%25', 'A']) yield token.slice(0, 40) + between + token.slice(40)
  yield token.toLowerCase()
  yield token.replace(/./, first => `%${first.charCodeAt(0).toString(16)}A`)
}

/** A few at a time, so that neither side runs out of connections. */
async function inLanes(work, each, lanes = 8) {
  const waiting = work.values()
  await Promise.all(Array.from({ length: lanes }, async () => {
    for (const one of waiting) await each(one)
  }))
}
