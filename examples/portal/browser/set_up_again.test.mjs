// A set-up that was scanned and then came to nothing: the person is told that the next QR code is another one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { addApp, give, LIST, openList, QUARTER, scan, stepUp } from './lib/managing.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, strayCode } from './lib/totp.mjs'
import { GOOD } from './lib/words.mjs'

const another = v => v.page.getByText(/This is another QR code/)

async function expectAnother(v, told, when) {
  assert.equal(await another(v).count(), told ? 1 : 0, `${when}:\n${await v.text()}`)
}

test('zuid: whoever took too long over the set-up is told that the QR code is another one', async t => {
  const stage = await Stage.open(t)
  const { clock } = stage
  const v = await stage.visitor('zuid', { js: false })
  await flow.resetPassword(v, 'extra1', GOOD[0])
  await flow.passPassword(v, 'extra1', GOOD[0])
  const first = await flow.beginSetUp(v, 'extra1')
  await expectAnother(v, false, 'the first one')
  await v.page.reload()
  await expectAnother(v, false, 'the first one, loaded again')

  clock.advance(QUARTER)
  await flow.typeCode(v, await codeAt(first.secret, clock.now))
  await flow.expectSignInPage(v)
  await v.expectSeen(v.notice.filter({ hasText: /took too long/ }), 'why')
  await flow.passPassword(v, 'extra1', GOOD[0])
  const second = await flow.beginSetUp(v, 'extra1')
  assert.notEqual(second.secret, first.secret)
  await expectAnother(v, true, 'the second one')
  await flow.typeCode(v, await strayCode(second.secret, clock.now))
  await expectAnother(v, true, 'after a refusal')
  await flow.finishSetUp(v, second.secret)

  // It is the next person's first one in this browser.
  await flow.signOut(v)
  await flow.resetPassword(v, 'extra2', GOOD[1])
  await flow.passPassword(v, 'extra2', GOOD[1])
  await flow.beginSetUp(v, 'extra2')
  await expectAnother(v, false, 'somebody else’s')
  await v.close()
})

test('zuid: nobody is told to delete what was added', async t => {
  const stage = await Stage.open(t)
  const { clock } = stage
  const v = await stage.visitor('zuid')
  const { secret } = await flow.become(v, 'extra3', GOOD[0])
  await openList(v)
  await v.press(v.button(v.words.addApp))
  await expectAnother(v, false, 'after the first app')
  await v.press(v.link(v.words.cancel))
  await addApp(v, 'tablet')
  clock.nextCode()
  await v.press(v.button(v.words.addApp))
  const given_up = await scan(v)
  await expectAnother(v, false, 'after the tablet')

  clock.advance(QUARTER)
  await flow.visit(v, LIST)
  await v.press(v.button(v.words.addApp))
  await stepUp(v, GOOD[0], secret)
  const next = await scan(v)
  assert.notEqual(next.secret, given_up.secret)
  await expectAnother(v, true, 'after one that was given up')
  await v.expectSeen(v.page.getByText(/Keep the entry that you sign in with/), 'what to keep')
  await give(v, { name: 'next', code: await codeAt(next.secret, clock.now), button: v.words.add })
  await v.press(v.button(v.words.addApp))
  await expectAnother(v, false, 'after that')
  await v.close()
})
