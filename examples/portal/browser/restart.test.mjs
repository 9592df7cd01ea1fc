// SIGTERM in mid-flow, and the same database again: nobody has to begin anew.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { aboutReset, aboutSetUp, resetLink } from './lib/mail.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt } from './lib/totp.mjs'
import { address, GOOD, tenants } from './lib/words.mjs'

/**
 * The portal's clock goes ten times as fast while a mail is awaited, so that a delivery falls due again. Not faster: a mail
 * in hand must not outlive its lease of 120 seconds, or it is sent twice.
 */
function secondsPass(stage) {
  let last = Date.now()
  const poke = () => {
    if (Date.now() - last < 1000) return
    last = Date.now()
    stage.clock.advance(10)
  }
  return { poke, seconds: 60 }
}

for (const tenant of Object.keys(tenants)) {
  test(`${tenant}: a restart in mid-flow`, async t => {
    const stage = await Stage.open(t)

    await t.test('an open reset link goes on', async () => {
      const v = await stage.visitor(tenant)
      const { link } = await flow.askForReset(v, 'extra1')
      await flow.openReset(v, link)
      await stage.portal.restart()
      // The page that was already open, without another look at it.
      await flow.save(v, GOOD[0])
      await flow.expectSignInPage(v)
      await flow.passPassword(v, 'extra1', GOOD[0])
      await v.close()
    })

    await t.test('a link that was mailed and not yet opened goes on', async () => {
      const v = await stage.visitor(tenant)
      const { link } = await flow.askForReset(v, 'extra2')
      await stage.portal.restart()
      await flow.openReset(v, link)
      await flow.save(v, GOOD[0])
      await flow.expectSignInPage(v)
      await v.close()
    })

    await t.test('a pending enrolment that was scanned goes on', async () => {
      const v = await stage.visitor(tenant)
      await flow.passPassword(v, 'extra2', GOOD[0])
      const { secret } = await flow.beginSetUp(v, 'extra2')
      await stage.portal.restart()
      await flow.finishSetUp(v, secret)
      // What was spent before the restart stays spent after it.
      await stage.portal.restart()
      const again = await stage.visitor(tenant)
      await flow.passPassword(again, 'extra2', GOOD[0])
      await flow.chooseApp(again)
      await flow.typeCode(again, await codeAt(secret, stage.clock.now))
      await again.expectSeen(again.alert.filter({ hasText: again.words.waitForNext }))
      await again.close()
      await v.close()
    })

    await t.test('a mail that was queued while the mail server was down is sent', async () => {
      const v = await stage.visitor(tenant)
      await stage.sink.stop()
      await flow.chooseForgot(v)
      await flow.sendUserName(v, 'extra3')
      await stage.portal.stop()
      await stage.sink.start()
      await stage.portal.start()
      const to = address(tenant, 'extra3')
      const mail = await stage.letters.next(to, aboutReset, 0, secondsPass(stage))
      // The validity starts at sending, so a mail that had to wait is not a dead one.
      await flow.openReset(v, resetLink(mail))
      await flow.save(v, GOOD[0])
      await flow.expectSignInPage(v)
      assert.equal(await stage.letters.count(to, aboutReset), 1, 'sent once')
      await v.close()
    })

    await t.test('a mail goes out when the mail server comes back without a restart', async () => {
      const v = await stage.visitor(tenant)
      await stage.sink.stop()
      await flow.chooseForgot(v)
      await flow.sendUserName(v, 'extra4')
      await stage.sink.start()
      await stage.letters.next(address(tenant, 'extra4'), aboutReset, 0, secondsPass(stage))
      await v.close()
    })

    if (tenants[tenant].mailed) await t.test('a queued set-up mail is sent', async () => {
      const v = await stage.visitor(tenant)
      await flow.resetPassword(v, 'extra5', GOOD[0])
      await flow.passPassword(v, 'extra5', GOOD[0])
      await stage.sink.stop()
      await flow.chooseApp(v)
      await stage.portal.stop()
      await stage.sink.start()
      await stage.portal.start()
      const mail = await stage.letters.next(address(tenant, 'extra5'), aboutSetUp, 0, secondsPass(stage))
      const { secret } = await flow.setUpInMail(mail)
      await flow.finishSetUp(v, secret)
      await v.close()
    })
  })
}
