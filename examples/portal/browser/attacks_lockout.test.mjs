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

/** Refused for good, with a link to the way out beside the reason. */
async function expectStopped(client, page, fields) {
  const answer = await client.send(page, fields)
  assert.equal(answer.status, WAIT, textOf(answer))
  assert.equal(answer.headers['retry-after'], undefined, 'no time after which it would help')
  const [, reason] = answer.text.match(/role="alert"(.*?)<\/div>/s) ?? assert.fail(textOf(answer))
  const link = /<a href="([^"]+)">(?:Forgot password\?|Wachtwoord vergeten\?)<\/a>/
  const [, way] = reason.match(link) ?? assert.fail(reason)
  const forgot = await client.ask(new URL(way, client.portal.url).href)
  assert.equal(forgot.status, 200)
  assert.match(forgot.text, /name="login"/)
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
        assert.equal((await stranger.code('000000')).status, REFUSED, `code ${n + 1}`)
        const guess = await stranger.send('second-factor/recovery', { code: '0000-0000-0000-0000' })
        assert.equal(guess.status, REFUSED, `recovery code ${n + 1}`)
      }
      clock.advance(A_DAY)
      const kept = person()
      await kept.pass(login, known)
      await expectStopped(kept, 'second-factor/verify', { code: await codeAt(secret, clock.now) })
      await expectStopped(kept, 'second-factor/recovery', { code: codes[0] })
      const [first, second] = [await codeAt(secret, clock.now), await codeAt(secret, clock.now + 30)]
      await expectStopped(kept, 'second-factor/clock', { first, second })

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
        const guess = await stranger.send('second-factor/enrol', { code: '000000' })
        assert.equal(guess.status, REFUSED, `code ${n + 1}`)
      }
      clock.advance(2 * A_DAY)
      const kept = person()
      await kept.pass(login, known)
      await kept.chooseApp()
      await kept.ask('second-factor/enrol')
      await expectStopped(kept, 'second-factor/enrol', { code: '000000' })

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
