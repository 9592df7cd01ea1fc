// The way into an authenticator app: links to the stores, their QR codes at a desktop, and the link into the app on a phone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessibilityFaults, SIZES } from './lib/browser.mjs'
import * as flow from './lib/flow.mjs'
import { aboutSetUp } from './lib/mail.mjs'
import { blockImages, openMail } from './lib/mailbox.mjs'
import { qrTexts } from './lib/qr.mjs'
import { Stage } from './lib/stage.mjs'
import { address, GOOD } from './lib/words.mjs'

const STORES = [
  ['App Store', 'https://apps.apple.com/app/google-authenticator/id388497605'],
  ['Google Play', 'https://play.google.com/store/apps/details?id=com.google.android.apps.authenticator2'],
]
const openInApp = v => v.page.locator('a[href^="otpauth:"]')

/** A phone: its screen, and a finger in the place of a mouse. */
async function becomePhone(v) {
  await v.page.setViewportSize(SIZES.phone)
  const tools = await v.context.newCDPSession(v.page)
  await tools.send('Emulation.setDeviceMetricsOverride', { ...SIZES.phone, deviceScaleFactor: 2, mobile: true })
  await tools.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 1 })
  await v.page.reload()
}

/** Whether the text of an element stays within its box. */
const fits = locator => locator.evaluate(box => box.scrollWidth <= box.clientWidth + 1)

for (const [tenant, login] of [['noord', 'extra1'], ['zuid', 'extra2']]) {
  test(`${tenant}: links to the stores, with QR codes at a desktop`, async t => {
    const stage = await Stage.open(t, { smtp: false })
    const v = await stage.visitor(tenant)
    await flow.resetPassword(v, login, GOOD[0])
    await flow.passPassword(v, login, GOOD[0])
    for (const [name, href] of STORES) {
      await v.expectSeen(v.link(name), name)
      assert.equal(await v.link(name).getAttribute('href'), href)
    }
    const picture = stage.picture('stores')
    await v.page.screenshot({ path: picture, fullPage: true })
    assert.deepEqual((await qrTexts(picture)).sort(), STORES.map(([, href]) => href).sort())
    assert.deepEqual(await accessibilityFaults(v.page), [])

    await becomePhone(v)
    await v.expectSeen(v.link('Google Play'), 'the link on a phone')
    const onPhone = stage.picture('stores-phone')
    await v.page.screenshot({ path: onPhone, fullPage: true })
    assert.deepEqual(await qrTexts(onPhone), [], 'a phone cannot scan itself')
    await v.close()
  })
}

test('zuid: the link into the app comes first on a phone, and is hidden at a desktop', async t => {
  const stage = await Stage.open(t, { smtp: false })
  const v = await stage.visitor('zuid')
  await flow.resetPassword(v, 'extra3', GOOD[0])
  await flow.passPassword(v, 'extra3', GOOD[0])
  await flow.chooseApp(v)
  assert.equal(await openInApp(v).isVisible(), false, 'at a desktop')

  await becomePhone(v)
  await v.expectSeen(openInApp(v), 'the link on a phone')
  const link = await openInApp(v).boundingBox()
  const symbol = await v.page.locator('figure.qr').last().boundingBox()
  assert.ok(link.y + link.height < symbol.y, 'before the QR code')
  assert.ok(link.width > 250, `a button as wide as the page: ${link.width}`)
  assert.ok(await fits(v.page.locator('#secret')), 'the set-up code stays in its box')
  const page = await v.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  assert.ok(page[0] <= page[1], `no scrolling sideways: ${page}`)
  assert.deepEqual(await accessibilityFaults(v.page), [])
  await v.close()
})

test('noord: the page names the mail, and one QR code is in view in it', async t => {
  const stage = await Stage.open(t, { smtp: false })
  const v = await stage.visitor('noord')
  await flow.resetPassword(v, 'extra4', GOOD[0])
  await flow.passPassword(v, 'extra4', GOOD[0])
  await flow.chooseApp(v)
  const mail = await stage.letters.next(address('noord', 'extra4'), aboutSetUp)
  const facts = await v.page.locator('dl.facts').first().innerText()
  assert.match(facts, /e•••@noord\.example/)
  assert.ok(facts.includes(mail.subject), facts)
  assert.ok(!(await v.text()).includes(address('noord', 'extra4')), 'never the whole address')

  for (const size of ['desktop', 'phone']) {
    const reader = await stage.visitor('noord', { size, scale: 2 })
    await openMail(reader, mail.subject)
    const frame = reader.page.frames().find(each => each !== reader.page.mainFrame())
    const image = frame.locator('img')
    const table = frame.locator('table[role=img]')
    const [over, under] = [await image.boundingBox(), await table.boundingBox()]
    for (const side of ['x', 'y', 'width', 'height']) {
      assert.ok(Math.abs(over[side] - under[side]) <= 1, `${size}: ${side} ${over[side]} ${under[side]}`)
    }
    const onTop = await table.evaluate(box => {
      const { x, y, width, height } = box.getBoundingClientRect()
      box.scrollIntoView()
      const moved = box.getBoundingClientRect()
      return document.elementFromPoint(moved.x + width / 2, moved.y + height / 2)?.tagName ?? `${x} ${y}`
    })
    assert.equal(onTop, 'IMG', `${size}: the picture covers the table`)
    await blockImages(reader)
    const blocked = reader.page.frames().find(each => each !== reader.page.mainFrame())
    await blocked.locator('table[role=img]').scrollIntoViewIfNeeded()
    const picture = stage.picture(`blocked-${size}`)
    await reader.page.screenshot({ path: picture })
    assert.equal((await qrTexts(picture)).length, 1, `${size}: one QR code without pictures`)
    await reader.close()
  }
  await v.close()
})
