// Where a person is on the way in, and the frame of every page: logo, one left edge, help.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessibilityFaults } from './lib/browser.mjs'
import * as flow from './lib/flow.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt } from './lib/totp.mjs'
import { GOOD } from './lib/words.mjs'

const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 900 }]
const STEPS = { nl: ['Wachtwoord', 'App', 'Klaar'], en: ['Password', 'App', 'Done'] }

async function expectStep(v, place) {
  const current = v.page.locator('ol.progress [aria-current=step]')
  assert.equal(await current.count(), 1, `one step on ${v.page.url()}`)
  const name = STEPS[v.words.lang][place]
  assert.ok((await current.innerText()).includes(name), `${await current.innerText()}, and not ${name}`)
  for (const viewport of SIZES) {
    await v.page.setViewportSize(viewport)
    const lines = await v.page.locator('ol.progress li').evaluateAll(items => new Set(items.map(item => item.offsetTop)).size)
    assert.equal(lines, 1, `the steps are on one line at ${viewport.width}`)
    const height = await v.page.locator('ol.progress').evaluate(list => list.offsetHeight)
    assert.ok(height < 36, `no step is broken at ${viewport.width}: ${height}`)
    const wide = await v.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(wide <= 0, `no scrolling sideways at ${viewport.width}: ${wide}`)
    await expectFrame(v)
  }
  assert.deepEqual(await accessibilityFaults(v.page), [])
}

/** Header, card and footer begin at one edge, and the footer has a way to help. */
async function expectFrame(v) {
  const left = selector => v.page.locator(selector).first().evaluate(box => box.getBoundingClientRect().left)
  const [header, card, footer] = [await left('header .brand'), await left('.card'), await left('footer p')]
  assert.ok(Math.abs(header - card) < 1 && Math.abs(footer - card) < 1, `${header} ${card} ${footer}`)
  const help = v.page.locator(`footer a[href="mailto:help@${v.tenant}.example"]`)
  assert.equal(await help.count(), 1, 'the help link')
}

for (const [tenant, login] of [['noord', 'extra1'], ['zuid', 'extra2']]) {
  test(`${tenant}: the steps from the link to the recovery codes`, async t => {
    const stage = await Stage.open(t, { smtp: false })
    const v = await stage.visitor(tenant)
    const { link } = await flow.askForReset(v, login)
    assert.equal(await v.page.locator('ol.progress').count(), 0, 'no step before the link')
    await flow.openReset(v, link)
    await expectStep(v, 0)
    await flow.save(v, GOOD[0])
    await expectStep(v, 0)
    await flow.passPassword(v, login, GOOD[0])
    await expectStep(v, 1)
    const { secret } = await flow.beginSetUp(v, login)
    await expectStep(v, 1)
    await flow.typeCode(v, await codeAt(secret, stage.clock.now))
    await expectStep(v, 2)
    await flow.leaveRecoveryCodes(v)
    assert.equal(await v.page.locator('ol.progress').count(), 0, 'no step at home')
    await v.close()
  })
}

test('noord has a logo, zuid has a mark', async t => {
  const stage = await Stage.open(t, { smtp: false })
  for (const [tenant, count] of [['noord', 1], ['zuid', 0]]) {
    const v = await stage.visitor(tenant)
    await flow.visit(v, flow.SIGN_IN)
    const logo = v.page.locator('header img.logo')
    assert.equal(await logo.count(), count)
    if (count) assert.ok(await logo.evaluate(picture => picture.complete && picture.naturalWidth > 0), 'it is shown')
    await v.close()
  }
})
