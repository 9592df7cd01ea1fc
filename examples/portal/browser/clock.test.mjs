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
  nl: {
    link: /Werkt geen enkele code/, first: 'Eerste code', second: 'Volgende code',
    ahead: minutes => `ongeveer ${minutes} minuten voor`, refused: minutes => `nog ongeveer ${minutes} minuten geweigerd`,
    again: /voorliep en je hem sindsdien hebt gelijkgezet, duurt het langer:\s+Probeer het over (\d+) minuten opnieuw/,
  },
  en: {
    link: /Does no code work/, first: 'First code', second: 'Next code',
    ahead: minutes => `about ${minutes} minutes ahead`, refused: minutes => `refused for about ${minutes} minutes`,
    again: /was ahead and you have put it right since, it takes longer:\s+Try again in (\d+) minutes/,
  },
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
      // The refused codes still count after a sign-in; time gives them back.
      clock.advance(3600)
      await flow.passPassword(v, login, GOOD[0])
      await flow.chooseApp(v)
      await flow.visit(v, 'second-factor/clock')
      const to = address(tenant, login)
      const seen = await letters.count(to, aboutAnythingElse)
      await typeTwo(v, await ahead(0), await ahead(30))
      await flow.expectHome(v)
      assert.ok((await v.text()).includes(said[v.words.lang].ahead(9)), await v.text())
      assert.ok((await v.text()).includes(said[v.words.lang].refused(9)), await v.text())
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
      await flow.signOut(v)
    })

    await t.test('a phone that is put right hears for how many minutes its codes are refused', async () => {
      clock.nextCode()
      await flow.passPassword(v, login, GOOD[0])
      await flow.chooseApp(v)
      await flow.typeCode(v, await codeAt(secret, clock.now))
      await v.expectSeen(v.alert, 'the refusal')
      const told = await v.alert.innerText()
      const [, minutes] = told.match(said[v.words.lang].again) ?? assert.fail(told)
      // On a phone that is still ahead it is the next code that works.
      assert.match(told, v.words.waitForNext)
      clock.advance(Number(minutes) * 60)
      await flow.visit(v, 'second-factor/verify')
      await flow.typeCode(v, await codeAt(secret, clock.now))
      await flow.expectHome(v)
      await v.close()
    })
  })
}

test('a clock that was behind is told of no refusals, and there are none', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor('zuid')
  const { clock } = stage
  const { secret } = await flow.become(v, 'extra4', GOOD[0])
  await flow.signOut(v)
  clock.advance(2 * EIGHT_MINUTES)
  await flow.passPassword(v, 'extra4', GOOD[0])
  await flow.chooseApp(v)
  await flow.visit(v, 'second-factor/clock')
  await typeTwo(v, await codeAt(secret, clock.now - EIGHT_MINUTES), await codeAt(secret, clock.now - EIGHT_MINUTES + 30))
  await flow.expectHome(v)
  const told = await v.text()
  assert.match(told, /about \d minutes behind/)
  assert.doesNotMatch(told, /refused/)
  await flow.signOut(v)
  await flow.signInAgain(v, 'extra4', GOOD[0], secret)
  await v.close()
})

test('a used code is told how long the next one takes', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor('zuid')
  const { secret } = await flow.become(v, 'extra3', GOOD[0])
  await flow.signOut(v)
  await flow.passPassword(v, 'extra3', GOOD[0])
  await flow.chooseApp(v)
  await flow.typeCode(v, await codeAt(secret, stage.clock.now))
  await v.expectSeen(v.alert.filter({ hasText: v.words.waitForNext }), 'patience')
  // The words count down.
  assert.match(await v.alert.innerText(), /\d+ seconds?/)
  const seconds = await v.alert.locator('[data-wait]').getAttribute('data-wait')
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
