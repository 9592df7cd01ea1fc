// Codes that are to be waited for: no error, and a time that counts down.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, strayCode } from './lib/totp.mjs'
import { GOOD, tenants } from './lib/words.mjs'

const SAYS = {
  nl: { next: n => `De volgende code komt over ${n} second`, again: n => `over ${n} second`, now: 'Je kunt het nu opnieuw proberen.' },
  en: { next: n => `The next code comes in ${n} second`, again: n => `in ${n} second`, now: 'You can try again now.' },
}

for (const [tenant, { lang }] of Object.entries(tenants)) {
  test(`${tenant}: waiting for the next code`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant)
    const { secret } = await flow.become(v, 'extra3', GOOD[0])
    await flow.signOut(v)
    await flow.passPassword(v, 'extra3', GOOD[0])
    await v.page.clock.install()
    await flow.chooseApp(v)
    assert.equal(await v.page.evaluate(() => document.activeElement.id), 'code', 'the field has the focus')
    const left = 30 - (stage.clock.now % 30)

    await v.press(v.button(v.words.newCode))
    const notice = v.page.locator('.info')
    await v.expectSeen(notice.filter({ hasText: SAYS[lang].next(left) }), 'when the next code comes')
    await v.page.clock.runFor(3000)
    await v.expectSeen(notice.filter({ hasText: SAYS[lang].next((left + 26) % 30 + 1) }), 'three seconds later')
    await v.page.clock.runFor(30_000)
    await v.expectSeen(notice.filter({ hasText: SAYS[lang].next((left + 26) % 30 + 1) }), 'one code later')

    await flow.typeCode(v, await codeAt(secret, stage.clock.now))
    const wait = v.page.locator('.warning[role=alert]')
    await v.expectSeen(wait.filter({ hasText: v.words.waitForNext }), 'patience')
    assert.equal(await v.page.locator('.message.alert').count(), 0, 'no error')
    assert.doesNotMatch(await v.page.title(), /^(Fout|Error)/)
    assert.equal(await v.field(v.words.code).getAttribute('aria-invalid'), null)
    await v.expectSeen(wait.filter({ hasText: SAYS[lang].again(left) }))
    await v.page.clock.runFor(left * 1000)
    await v.expectSeen(wait.filter({ hasText: SAYS[lang].now }))

    await flow.typeCode(v, await strayCode(secret, stage.clock.now))
    await v.expectSeen(v.page.locator('.message.alert'), 'a wrong code is an error')
    assert.match(await v.page.title(), /^(Fout|Error)/)
    await v.close()
  })
}
