// Every page, in both languages and at both widths: accessible, guarded, whole.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessibilityFaults, SIZES } from './lib/browser.mjs'
import * as flow from './lib/flow.mjs'
import { expectAllGuarded, expectGuarded, plainHeaders } from './lib/headers.mjs'
import { exchange } from './lib/http.mjs'
import { aboutReset, aboutSetUp, resetLink } from './lib/mail.mjs'
import { buttonOf, names } from './lib/managing.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, groupedSecret } from './lib/totp.mjs'
import { tour } from './lib/tour.mjs'
import { address, GOOD, GUEST, onScreen, oneTenant, otherLang, tenants } from './lib/words.mjs'

// A page can be read at 320 CSS pixels without scrolling sideways: WCAG 2.2, success criterion 1.4.10.
const NARROWEST = { width: 320, height: 640 }
// More than any page has controls.
const MOST_TABS = 40

for (const [tenant, { lang }] of Object.entries(tenants)) {
  for (const who of [{ login: 'demo', lang }, ...(GUEST ? [{ login: GUEST, lang: otherLang(lang) }] : [])]) {
    test(`${tenant} in ${who.lang}: every page`, async t => {
      const stage = await Stage.open(t, { smtp: false })
      const faults = []
      const v = await tour(stage, tenant, who, async (visitor, name) => {
        await visitor.expectWholePage()
        const refusal = visitor.page.locator('#problem')
        if (await refusal.count() > 0 && !(await refusal.evaluate(alert => alert === document.activeElement && alert.role === 'alert'))) {
          faults.push(`${name}: the focus is not on the refusal`)
        }
        for (const size of [...Object.values(SIZES), NARROWEST]) {
          await visitor.page.setViewportSize(size)
          const at = `${name} at ${size.width}`
          for (const fault of await accessibilityFaults(visitor.page)) faults.push(`${at}: ${fault}`)
          const wide = await visitor.page.evaluate(() => document.documentElement.scrollWidth)
          if (wide > size.width) faults.push(`${at}: ${wide} pixels wide`)
          if (name === 'reset' && Object.values(SIZES).includes(size)) faults.push(...await belowTheFold(visitor, size))
        }
        await visitor.page.emulateMedia({ colorScheme: 'dark' })
        for (const fault of await accessibilityFaults(visitor.page)) faults.push(`${name} in the dark: ${fault}`)
        await visitor.page.emulateMedia({ colorScheme: 'light' })
        await visitor.page.setViewportSize(SIZES.desktop)
      })
      await expectAllGuarded(v).catch(error => faults.push(error.message))
      await v.close()
      assert.deepEqual(faults, [])
    })
  }
}

/** The field for the new password is within the first screen. */
async function belowTheFold(v, { width, height }) {
  const { y, height: own } = await v.field(v.words.newPassword).boundingBox()
  return y >= 0 && y + own <= height ? [] : [`the new password begins at ${y} of ${height} at ${width}`]
}

/** Goes there by Tab alone, and sees the focus arrive. */
async function tabTo(v, control) {
  await v.expectSeen(control)
  for (let n = 0; n < MOST_TABS; n++) {
    await v.page.keyboard.press('Tab')
    const arrived = await control.first().evaluate(wanted => {
      const { outlineStyle, boxShadow } = getComputedStyle(wanted)
      return document.activeElement === wanted && { seen: outlineStyle !== 'none' || boxShadow !== 'none' }
    })
    if (!arrived) continue
    assert.ok(arrived.seen, `the focus is seen on ${v.page.url()}: ${control}`)
    return
  }
  assert.fail(`not reached with ${MOST_TABS} tabs on ${v.page.url()}: ${control}`)
}

for (const tenant of Object.keys(tenants)) {
  test(`${tenant}: the whole flow with the keyboard alone`, async t => {
    const stage = await Stage.open(t, { smtp: false })
    const { clock, letters } = stage
    const v = await stage.visitor(tenant)
    const { words } = v
    const type = async (label, text) => {
      await tabTo(v, v.field(label))
      await v.page.keyboard.type(text)
    }
    const enter = async control => {
      await tabTo(v, control)
      const loaded = v.page.waitForEvent('load')
      await v.page.keyboard.press('Enter')
      await loaded
    }
    const typeCode = async secret => type(words.code, await codeAt(secret, clock.now))
    const goOn = async () => {
      await tabTo(v, v.page.getByRole('checkbox', { name: words.saved, exact: true }))
      await v.page.keyboard.press('Space')
      await enter(v.button(words.goOn))
      await flow.expectHome(v)
    }
    const to = address(tenant, 'demo')

    await flow.visit(v, flow.SIGN_IN)
    await enter(v.link(words.forgot))
    await type(words.userName, 'demo')
    await enter(v.button(words.send))
    await v.go(resetLink(await letters.next(to, aboutReset)))
    await type(words.newPassword, 'kort')
    await enter(v.button(words.save))
    await v.expectSeen(v.alert, 'a refusal')
    await type(words.newPassword, GOOD[0])
    await enter(v.button(words.save))

    const passPassword = async () => {
      await type(words.userName, 'demo')
      await type(words.password, GOOD[0])
      await enter(v.button(words.signIn))
      await enter(v.button(words.app))
    }
    await passPassword()
    if (tenants[tenant].mailed) await enter(v.button(words.newCode))
    const shown = tenants[tenant].mailed ? (await letters.next(to, aboutSetUp)).text : await v.text()
    const secret = groupedSecret(shown)
    await typeCode(secret)
    await enter(v.button(words.signIn))
    const [recoveryCode] = await flow.shownRecoveryCodes(v)
    await goOn()
    await flow.expectHome(v)

    await enter(v.link(words.twoStep))
    await enter(v.button(words.addApp))
    await type(words.name, 'tablet')
    await typeCode(groupedSecret(await v.text()))
    await enter(v.button(words.add))
    await enter(buttonOf(v, 'tablet', words.rename))
    await type(words.name, '2')
    await enter(v.button(words.save))
    await enter(buttonOf(v, await renamed(v), words.replace))
    await enter(v.link(words.cancel))
    await enter(buttonOf(v, await renamed(v), words.remove))
    await enter(v.button(words.remove))
    await enter(v.button(words.newCodes))
    await enter(v.button(words.makeCodes))
    const [newCode] = await flow.shownRecoveryCodes(v)
    assert.notEqual(newCode, recoveryCode)
    await goOn()
    await enter(v.link(words.change))
    await type(words.currentPassword, GOOD[0])
    await type(words.newPassword, GOOD[1])
    await enter(v.button(words.save))
    await flow.expectHome(v)
    await enter(v.button(words.signOut))

    await type(words.userName, 'demo')
    await type(words.password, GOOD[1])
    await enter(v.button(words.signIn))
    await enter(v.button(words.useRecovery))
    await type(words.recoveryCode, newCode)
    await enter(v.button(words.signIn))
    await flow.expectHome(v)
    await v.close()
  })
}

/** The second name on the list, after the first one. */
const renamed = async v => (await names(v))[1]

test('the name at the top and the way out of an error lead home, and to the sign-in page before', async t => {
  const stage = await Stage.open(t, { smtp: false })
  const v = await stage.visitor(onScreen)
  const ways = [v.link(tenants[onScreen].name), v.link('Start again')]
  for (const way of ways) {
    await flow.visit(v, 'geen-pagina')
    await v.press(way)
    await flow.expectSignInPage(v)
  }
  const { secret } = await flow.become(v, 'demo', GOOD[0])
  for (const way of ways) {
    await flow.visit(v, 'geen-pagina')
    await v.press(way)
    await flow.expectHome(v)
  }
  await flow.signOut(v)
  // Half-way a sign-in it leads back to its beginning, and the sign-in can still be finished.
  await stage.clock.nextCode()
  await flow.passPassword(v, 'demo', GOOD[0])
  await v.press(ways[0])
  await flow.expectSignInPage(v)
  await flow.visit(v, 'second-factor/verify')
  await flow.typeCode(v, await codeAt(secret, stage.clock.now))
  await flow.expectHome(v)
  await v.close()
})

test('what pages load is guarded too, and comes from the portal itself', async t => {
  const stage = await Stage.open(t, { smtp: false })
  const v = await stage.visitor(oneTenant)
  const loaded = []
  v.page.on('response', response => loaded.push(response))
  await flow.visit(v, flow.SIGN_IN)
  await flow.openReset(v, (await flow.askForReset(v, 'demo')).link)
  for (const response of loaded) {
    assert.ok(response.url().startsWith(stage.portal.url), response.url())
    assert.ok(response.status() < 400, `${response.status()} ${response.url()}`)
    assert.equal((await response.allHeaders())['x-content-type-options'], 'nosniff', response.url())
  }
  assert.ok(loaded.some(response => response.request().resourceType() === 'stylesheet'))
  await v.close()
})

test('HEAD is answered as GET is', async t => {
  const stage = await Stage.open(t, { smtp: false, browser: false })
  for (const tenant of Object.keys(tenants)) {
    for (const page of [flow.SIGN_IN, flow.FORGOT]) {
      const answer = await exchange(stage.portal.address(tenant, page), { method: 'HEAD' })
      assert.equal(answer.status, 200)
      assert.equal(answer.body.length, 0)
      expectGuarded({ url: answer.url, status: answer.status, headers: plainHeaders(answer) })
    }
  }
})
