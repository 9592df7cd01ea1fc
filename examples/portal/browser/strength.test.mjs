// A rule that only the server can judge is judged while the person types, and nothing is saved by it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { Stage } from './lib/stage.mjs'
import { GOOD } from './lib/words.mjs'

// Long enough, and among the first that a guesser tries.
const WEAK = 'abcdefghijklmnop'

async function expectStrength(v, met) {
  const rule = v.page.locator(`[data-rule="minimum-strength"][data-met="${met}"]`)
  await rule.waitFor({ state: 'attached' })
}

test('zuid: strength is judged while typing', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor('zuid')
  const { link } = await flow.askForReset(v, 'extra1')
  await flow.openReset(v, link)
  await expectStrength(v, 'unknown')
  await v.field(v.words.newPassword).pressSequentially(WEAK)
  await expectStrength(v, 'false')
  await v.field(v.words.newPassword).fill(GOOD[0])
  await expectStrength(v, 'true')
  // Nothing typed is nothing judged.
  await v.field(v.words.newPassword).fill('')
  await expectStrength(v, 'unknown')
  await flow.save(v, GOOD[0])
  await flow.expectSignInPage(v)
  await v.close()
})

test('zuid: an answer that comes late says nothing about another password', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor('zuid')
  const { link } = await flow.askForReset(v, 'extra2')
  await flow.openReset(v, link)
  let release
  const held = new Promise(resolve => (release = resolve))
  await v.page.route('**/reset/**', async route => {
    if ((route.request().postData() ?? '').includes('judge=1')) await held
    await route.continue()
  })
  const asked = v.page.waitForRequest(request => (request.postData() ?? '').includes('judge=1'))
  await v.field(v.words.newPassword).fill(WEAK)
  await asked
  await v.field(v.words.newPassword).fill('')
  const answered = v.page.waitForResponse(response => (response.request().postData() ?? '').includes('judge=1'))
  release()
  await (await answered).finished()
  await v.page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
  await expectStrength(v, 'unknown')
  await v.close()
})

test('noord: without such a rule no request is made', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor('noord')
  const { link } = await flow.askForReset(v, 'extra1')
  await flow.openReset(v, link)
  // The page's policy would stop a request unseen, so the calls are counted.
  await v.page.evaluate(() => {
    window.asked = 0
    window.fetch = () => {
      window.asked++
      return Promise.reject(new Error('no request'))
    }
  })
  await v.page.clock.install()
  await v.field(v.words.newPassword).fill(WEAK)
  await v.page.clock.runFor(5000)
  assert.equal(await v.page.evaluate(() => window.asked), 0)
  await v.close()
})
