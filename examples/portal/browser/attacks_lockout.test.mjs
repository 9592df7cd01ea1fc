// Somebody who knows the password, and nothing else, guesses until nothing is looked at any more: the owner's way back in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, locationOf, mailedLink, textOf } from './lib/client.mjs'
import { aboutSetUp } from './lib/mail.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, groupedSecret } from './lib/totp.mjs'
import { address } from './lib/words.mjs'

const A_DAY = 24 * 3600
const QUARTER = 900
// As the facade has them by default.
const IN_A_ROW = 100
const LET_ON = 303
const REFUSED = 422
const WAIT = 429

const expectStopped = answer => {
  assert.equal(answer.status, WAIT, textOf(answer))
  assert.equal(answer.headers['retry-after'], undefined, 'no time after which it would help')
  assert.match(textOf(answer), /Forgot password\?|Wachtwoord vergeten\?/, 'the way out is named')
}

for (const tenant of ['zuid', 'noord']) {
  test(`${tenant}: a stranger with the password, and patience`, async t => {
    const stage = await Stage.open(t, { browser: false })
    const { clock, letters } = stage
    const person = () => new Client(stage.portal, tenant)
    const renew = async login => {
      const password = freshPassword()
      const v = person()
      await v.reset(await mailedLink(stage, v, login), password)
      return password
    }
    const mailedSecret = async (to, seen) => groupedSecret((await letters.next(to, aboutSetUp, seen)).text)

    await t.test('codes and recovery codes come back with a new password by mail', async () => {
      const [login, to] = ['extra1', address(tenant, 'extra1')]
      const known = await renew(login)
      const owner = person()
      await owner.pass(login, known)
      assert.equal(locationOf(await owner.chooseApp()), `/${tenant}/second-factor/enrol`)
      const page = await owner.ask('second-factor/enrol')
      const secret = tenant === 'noord' ? await mailedSecret(to, 0) : groupedSecret(textOf(page))
      const done = await owner.send('second-factor/enrol', { code: await codeAt(secret, clock.now) })
      assert.equal(done.status, 200, textOf(done))
      const codes = [...done.text.matchAll(/<code>([0-9A-Z-]+)<\/code>/g)].map(([, code]) => code)

      for (let n = 0; n < IN_A_ROW; n++) {
        clock.advance(QUARTER)
        const stranger = person()
        await stranger.pass(login, known)
        assert.equal((await stranger.code('abcdef')).status, REFUSED, `code ${n + 1}`)
        const guess = await stranger.send('second-factor/recovery', { code: '0000-0000-0000-0000' })
        assert.equal(guess.status, REFUSED, `recovery code ${n + 1}`)
      }
      clock.advance(A_DAY)
      const kept = person()
      await kept.pass(login, known)
      expectStopped(await kept.code(await codeAt(secret, clock.now)))
      expectStopped(await kept.send('second-factor/recovery', { code: codes[0] }))

      const fresh = await renew(login)
      await person().signIn(login, fresh, secret, clock)
      const other = person()
      await other.pass(login, fresh)
      assert.equal((await other.send('second-factor/recovery', { code: codes[0] })).status, LET_ON)
      await other.expectSignedIn()
    })

    if (tenant !== 'noord') return
    await t.test('a set-up by mail is guessed at a hundred times, however often it is begun', async () => {
      const [login, to] = ['extra2', address(tenant, 'extra2')]
      const known = await renew(login)
      for (let n = 0; n < IN_A_ROW; n++) {
        clock.advance(QUARTER)
        const stranger = person()
        await stranger.pass(login, known)
        await stranger.chooseApp()
        await stranger.ask('second-factor/enrol')
        const guess = await stranger.send('second-factor/enrol', { code: 'abcdef' })
        assert.equal(guess.status, REFUSED, `code ${n + 1}`)
      }
      clock.advance(2 * A_DAY)
      const kept = person()
      await kept.pass(login, known)
      await kept.chooseApp()
      await kept.ask('second-factor/enrol')
      expectStopped(await kept.send('second-factor/enrol', { code: 'abcdef' }))

      const fresh = await renew(login)
      clock.advance(A_DAY)
      const owner = person()
      const seen = await letters.count(to, aboutSetUp)
      await owner.pass(login, fresh)
      await owner.chooseApp()
      await owner.ask('second-factor/enrol')
      const secret = await mailedSecret(to, seen)
      const done = await owner.send('second-factor/enrol', { code: await codeAt(secret, clock.now) })
      assert.equal(done.status, 200, textOf(done))
      await owner.expectSignedIn()
    })
  })
}
