// Guessing passwords and codes, and using the brakes against the owner, over HTTP.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, locationOf, mailedLink, tally, textOf } from './lib/client.mjs'
import { host, movingClock } from './lib/hosts.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, strayCode } from './lib/totp.mjs'
import { onScreen } from './lib/words.mjs'

const A_DAY = 24 * 3600
// As the facade has them by default.
const GUESSES = 5
const LET_ON = 303
const REFUSED = 422
const WAIT = 429
const BUSY = 503
const CONNECTED = Math.floor(host.ofOneClient / 2)

test(`${onScreen}: guessing, and shutting people out by it`, async t => {
  const stage = await Stage.open(t, { browser: false })
  const { clock } = stage
  // Each test comes from another address: the sign-ins of one address are limited, too.
  let address = 0
  const person = (at = address) => new Client(stage.portal, onScreen, { more: { localAddress: `127.79.${at}.1` } })
  const withPassword = async login => {
    address++
    await stage.anotherDay()
    const password = freshPassword()
    const v = person()
    await v.reset(await mailedLink(stage, v, login), password)
    return password
  }
  /** Clients that have the form, no more of one address than may be connected at once. */
  const ready = async many => {
    const clients = Array.from({ length: many }, (_, n) => person(100 + Math.floor(n / CONNECTED)))
    for (const one of clients) await one.ask('sign-in')
    return clients
  }

  await t.test('of two hundred wrong passwords at once no more than the limit is looked at', async () => {
    const password = await withPassword('extra1')
    for (const login of ['extra1', 'nobody']) {
      // Enough of them to come in before the first is decided.
      const clients = await ready(200)
      const counted = tally(await Promise.all(clients.map((one, n) => one.password(login, `Wrong-${n}-Wrong`))))
      const looked = counted[REFUSED] ?? 0
      assert.ok(looked > 0 && looked <= GUESSES, `${login}: ${JSON.stringify(counted)}`)
      assert.equal(looked + counted[WAIT] + (counted[BUSY] ?? 0), 200, JSON.stringify(counted))
    }
    assert.equal((await person().password('extra1', password)).status, WAIT, 'even the right one has to wait')
  })

  await t.test('whom a stranger has locked out gets in by a link, at once', movingClock, async () => {
    const old = await withPassword('extra2')
    const stranger = person()
    // A hundred in a row, with patience: then waiting helps no more.
    for (let n = 0; n < 100; n++) {
      clock.advance(900)
      assert.equal((await stranger.password('extra2', `Wrong-${n}-Wrong`)).status, REFUSED, `guess ${n + 1}`)
    }
    clock.advance(A_DAY)
    const shut = await stranger.password('extra2', old)
    assert.equal(shut.status, WAIT)
    assert.equal(shut.headers['retry-after'], undefined, 'no time after which it would help')
    const password = freshPassword()
    const v = person()
    await v.reset(await mailedLink(stage, v, 'extra2'), password)
    await v.pass('extra2', password)
    // And nobody else was shut out.
    const other = await withPassword('extra3')
    await person().pass('extra3', other)
  })

  await t.test('while a stranger guesses on, the browser in which the password was set gets in', movingClock, async () => {
    await withPassword('demo')
    const stranger = person()
    // Each attempt that comes back is taken as soon as there is one.
    const guessFor = async hours => {
      for (const end = clock.now + hours * 3600; clock.now < end;) {
        const { status, headers } = await stranger.password('demo', 'Wrong-Wrong-1')
        assert.ok([REFUSED, WAIT].includes(status), status)
        clock.advance(Number(headers['retry-after'] ?? 1))
      }
      await stranger.password('demo', 'Wrong-Wrong-1')
    }
    const expectOnly = async (known, password) => {
      assert.equal((await person().password('demo', password)).status, WAIT, 'any other browser is shut out')
      await known.pass('demo', password)
    }
    await guessFor(1)
    const owner = person()
    const first = freshPassword()
    await owner.reset(await mailedLink(stage, owner, 'demo'), first)
    await guessFor(3)
    await expectOnly(owner, first)

    const { secret } = await owner.enrol('demo', first, clock)
    clock.advance(A_DAY)
    await owner.signIn('demo', first, secret, clock)
    const second = freshPassword()
    assert.equal(locationOf(await owner.send('password', { current: first, password: second })), owner.path('?notice=changed'))
    await guessFor(3)
    await expectOnly(owner, second)
  })

  await t.test('an empty user name is a lock on nobody', async () => {
    const password = await withPassword('extra4')
    const stranger = person()
    for (let n = 0; n < 120; n++) {
      const login = ['', ' ', '\u00a0', '\u3000'][n % 4]
      assert.equal((await stranger.password(login, 'Wrong-Wrong-1')).status, REFUSED)
      assert.equal((await stranger.forgot(login)).status, REFUSED)
    }
    await person().pass('extra4', password)
    const unknown = person()
    assert.equal((await unknown.password('nobody-else', 'Wrong-Wrong-1')).status, REFUSED, 'nor on a name that nobody has')
  })

  await t.test('right passwords at once are let on', async () => {
    const password = await withPassword('extra5')
    for (let round = 0; round < 5; round++) {
      const clients = await ready(GUESSES)
      const counted = tally(await Promise.all(clients.map(one => one.password('extra5', password))))
      assert.deepEqual(counted, { [LET_ON]: GUESSES })
    }
  })

  await t.test('the page for another password and the sign-in have one budget', async () => {
    const password = await withPassword('extra6')
    const v = person()
    await v.enrol('extra6', password, clock)
    const guess = async one => {
      for (let n = 0; n < GUESSES; n++) {
        const answer = await one.send('password', { current: `Wrong-${n}-Wrong`, password: freshPassword() })
        assert.equal(answer.status, REFUSED, textOf(answer))
      }
      assert.equal((await one.send('password', { current: password, password: freshPassword() })).status, WAIT)
    }
    // A stolen session without the cookie of the known browser: on the budget of the account.
    const thief = person()
    thief.jar.set(v.cookie('session'), v.jar.get(v.cookie('session')))
    await thief.ask('password')
    await guess(thief)
    assert.equal((await person().password('extra6', password)).status, WAIT, 'the sign-in is slowed by it')
    // The known browser has its own, at the sign-in too.
    await guess(v)
    const known = person()
    known.jar.set(v.cookie('device'), v.jar.get(v.cookie('device')))
    assert.equal((await known.password('extra6', password)).status, WAIT, 'the same browser at the sign-in')
    await v.expectSignedIn()
  })

  await t.test('codes are guessed a few times over all sign-ins, and recovery codes count on their own', async () => {
    const password = await withPassword('extra7')
    const { secret, codes } = await person().enrol('extra7', password, clock)
    await clock.nextCode()
    const stray = await strayCode(secret, clock.now)
    const clients = Array.from({ length: 40 }, () => person())
    for (const one of clients.slice(0, 20)) {
      await one.pass('extra7', password)
      await one.chooseApp()
    }
    const counted = tally(await Promise.all(clients.slice(0, 20).map(one => one.code(stray))))
    assert.deepEqual(counted, { [REFUSED]: GUESSES, [WAIT]: 20 - GUESSES })
    const late = person()
    await late.pass('extra7', password)
    assert.equal((await late.code(await codeAt(secret, clock.now))).status, WAIT, 'a new sign-in buys no guesses')
    // The owner has another way in, and it has a limit of its own.
    for (let n = 0; n < GUESSES - 1; n++) {
      assert.equal((await late.send('second-factor/recovery', { code: '0000-0000-0000-0000' })).status, REFUSED)
    }
    assert.equal((await late.send('second-factor/recovery', { code: codes[0] })).status, LET_ON)
    await late.expectSignedIn()
  })
})
