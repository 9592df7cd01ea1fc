// Every page, in both languages and at both widths: accessible, guarded, whole.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessibilityFaults, SIZES } from './lib/browser.mjs'
import * as flow from './lib/flow.mjs'
import { expectAllGuarded, expectGuarded, plainHeaders } from './lib/headers.mjs'
import { exchange } from './lib/http.mjs'
import { Stage } from './lib/stage.mjs'
import { tour } from './lib/tour.mjs'
import { GUEST, otherLang, tenants } from './lib/words.mjs'

// A page can be read at 320 CSS pixels without scrolling sideways: WCAG 2.2, success criterion 1.4.10.
const NARROWEST = { width: 320, height: 640 }

for (const [tenant, { lang }] of Object.entries(tenants)) {
  for (const who of [{ login: 'demo', lang }, { login: GUEST, lang: otherLang(lang) }]) {
    test(`${tenant} in ${who.lang}: every page`, async t => {
      const stage = await Stage.open(t, { smtp: false })
      const faults = []
      const v = await tour(stage, tenant, who, async (visitor, name) => {
        await visitor.expectWholePage()
        for (const size of [...Object.values(SIZES), NARROWEST]) {
          await visitor.page.setViewportSize(size)
          const at = `${name} at ${size.width}`
          for (const fault of await accessibilityFaults(visitor.page)) faults.push(`${at}: ${fault}`)
          const wide = await visitor.page.evaluate(() => document.documentElement.scrollWidth)
          if (wide > size.width) faults.push(`${at}: ${wide} pixels wide`)
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

test('each page can be used with the keyboard alone', async t => {
  const stage = await Stage.open(t, { smtp: false })
  const v = await stage.visitor('zuid')
  await flow.visit(v, flow.SIGN_IN)
  const reached = []
  for (let i = 0; i < 20; i++) {
    await v.page.keyboard.press('Tab')
    reached.push(await v.page.evaluate(() => {
      const focused = document.activeElement
      const outline = getComputedStyle(focused)
      const seen = outline.outlineStyle !== 'none' || outline.boxShadow !== 'none'
      return { tag: focused.tagName, name: focused.innerText || focused.labels?.[0]?.innerText || '', seen }
    }))
  }
  for (const name of [v.words.userName, v.words.password, v.words.signIn, v.words.forgot]) {
    const stop = reached.find(found => found.name.trim() === name)
    assert.ok(stop, `"${name}" is reached: ${JSON.stringify(reached)}`)
    assert.ok(stop.seen, `the focus on "${name}" is seen`)
  }
  await v.close()
})

test('what pages load is guarded too, and comes from the portal itself', async t => {
  const stage = await Stage.open(t, { smtp: false })
  const v = await stage.visitor('noord')
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
