// Clickjacking: no page of the service shows itself in a frame, of another site or of its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailedLink, Client } from './lib/client.mjs'
import { Elsewhere } from './lib/elsewhere.mjs'
import * as flow from './lib/flow.mjs'
import { host } from './lib/hosts.mjs'
import { LIST } from './lib/managing.mjs'
import { Stage } from './lib/stage.mjs'
import { GOOD, onScreen } from './lib/words.mjs'

const PAGES = ['sign-in', 'forgot', 'password', 'step-up', 'sessions', LIST, `${LIST}/add`, 'recovery-codes', host.account, 'geen-pagina']

test(`${onScreen}: no page can be framed`, async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor(onScreen)
  await flow.become(v, 'demo', GOOD[0])
  const link = await mailedLink(stage, new Client(stage.portal, onScreen), 'extra1')
  const elsewhere = await Elsewhere.open(t)
  const harmless = elsewhere.page('<p>harmless</p>')
  const { page } = v
  // A page of the person's own browser, signed in; the cookies come with a frame of the same site.
  const framed = async address => {
    await page.goto(elsewhere.page(`<iframe src="${address}"></iframe>`))
    const [, frame] = page.frames()
    await frame.waitForLoadState()
    return frame.evaluate(() => document.body.innerText).catch(() => '')
  }
  assert.equal(await framed(harmless), 'harmless', 'the control')
  const addresses = [...PAGES.map(name => stage.portal.address(onScreen, name)), link]
  if (host.ownHome) addresses.push(stage.portal.address(onScreen))
  if (host.hasMailbox) addresses.push(stage.portal.url)
  for (const address of addresses) {
    const shown = await framed(address)
    assert.doesNotMatch(shown, /password|sign|two-step|wachtwoord|dashboard/i, `${address} in a frame: ${shown}`)
    const [, frame] = page.frames()
    assert.match(frame.url(), /^chrome-error:/, address)
  }
  // Nor by a page of the service itself.
  await v.go(stage.portal.address(onScreen, 'forgot'))
  await page.evaluate(address => {
    const frame = Object.assign(document.createElement('iframe'), { src: address })
    return new Promise(resolve => {
      frame.onload = resolve
      document.body.append(frame)
    })
  }, stage.portal.address(onScreen, host.account))
  assert.match(page.frames()[1].url(), /^chrome-error:/)
  // Each refused frame is a complaint of the browser, as it should be.
  v.complaints.length = 0
  await v.close()
})
