// A phone whose clock is off: told so after a sign-in, found by two codes in a row, and helped to put right.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { aboutAnythingElse } from './lib/mail.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, strayCode } from './lib/totp.mjs'
import { address, GOOD, tenants } from './lib/words.mjs'

const EIGHT_MINUTES = 8 * 60

const said = {
  nl: { link: /Werkt geen enkele code/, ahead: minutes => `ongeveer ${minutes} minuten voor`, first: 'Eerste code', second: 'Volgende code' },
  en: { link: /Does no code work/, ahead: minutes => `about ${minutes} minutes ahead`, first: 'First code', second: 'Next code' },
}

/** From a refused code to the page for two codes. */
async function chooseTwoCodes(v) {
  await v.press(v.page.getByRole('link', { name: said[v.words.lang].link }))
  await v.expectSeen(v.field(said[v.words.lang].second), 'the field for the second code')
}

async function typeTwo(v, first, second) {
  await v.field(said[v.words.lang].first).fill(first)
  await v.field(said[v.words.lang].second).fill(second)
  await v.press(v.button(v.words.signIn))
}

for (const [tenant, login, js] of [['noord', 'extra1', true], ['zuid', 'extra2', false]]) {
  test(`${tenant}: a clock that is eight minutes ahead, JavaScript ${js ? 'on' : 'off'}`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant, { js })
    const { clock, letters } = stage
    const { secret } = await flow.become(v, login, GOOD[0])
    await flow.signOut(v)
    clock.nextCode()
    const ahead = seconds => codeAt(secret, clock.now + EIGHT_MINUTES + seconds)

    await t.test('one code from afar is wrong, and the page offers two', async () => {
      await flow.passPassword(v, login, GOOD[0])
      await flow.chooseApp(v)
      await flow.typeCode(v, await ahead(0))
      await v.expectSeen(v.alert, 'the refusal')
      assert.equal(v.status, 422)
      await chooseTwoCodes(v)
      await v.expectWholePage()
    })

    await t.test('two codes that are not in a row, or none, are refused', async () => {
      await v.unchecked()
      await typeTwo(v, '', '')
      await v.expectSeen(v.alert, 'the refusal of nothing')
      await typeTwo(v, await ahead(30), await ahead(0))
      await v.expectSeen(v.alert, 'the refusal of the wrong order')
      assert.equal(v.status, 422)
      assert.equal(await v.field(said[v.words.lang].first).inputValue(), '', 'no code is kept')
    })

    await t.test('two codes in a row sign in, and home says once what the clock is off by', async () => {
      const to = address(tenant, login)
      const seen = await letters.count(to, aboutAnythingElse)
      await typeTwo(v, await ahead(0), await ahead(30))
      await flow.expectHome(v)
      assert.ok((await v.text()).includes(said[v.words.lang].ahead(9)), await v.text())
      await flow.visit(v, flow.HOME)
      assert.ok(!(await v.text()).includes(said[v.words.lang].ahead(9)), 'only once')
      await letters.next(to, aboutAnythingElse, seen)
      await flow.signOut(v)
    })

    await t.test('neither of the two works again, and the next one does', async () => {
      const [first, second] = [await ahead(0), await ahead(30)]
      await flow.passPassword(v, login, GOOD[0])
      await flow.chooseApp(v)
      await flow.typeCode(v, second)
      await v.expectSeen(v.alert, 'the refusal of a used code')
      await flow.typeCode(v, await strayCode(secret, clock.now))
      await chooseTwoCodes(v)
      await typeTwo(v, first, second)
      await v.expectSeen(v.alert, 'the refusal of used codes')
      clock.nextCode()
      clock.nextCode()
      await flow.visit(v, 'second-factor/verify')
      await flow.typeCode(v, await ahead(0))
      await flow.expectHome(v)
      await v.close()
    })
  })
}

test('a used code is told how long the next one takes', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor('zuid')
  const { secret } = await flow.become(v, 'extra3', GOOD[0])
  await flow.signOut(v)
  await flow.passPassword(v, 'extra3', GOOD[0])
  await flow.chooseApp(v)
  await flow.typeCode(v, await codeAt(secret, stage.clock.now))
  await v.expectSeen(v.alert.filter({ hasText: v.words.waitForNext }), 'patience')
  const [, seconds] = (await v.alert.innerText()).match(/(\d+) seconds?/) ?? assert.fail(await v.alert.innerText())
  assert.equal(Number(seconds), 30 - (stage.clock.now % 30))
  await v.close()
})

test('the page of two codes is nobody’s without a sign-in in flight', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor('zuid')
  await flow.visit(v, 'second-factor/clock')
  await flow.expectSignInPage(v)
  await v.close()
})
