// What a refusal does for the person: focus, links to the fields, and an alert that goes while typing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { Stage } from './lib/stage.mjs'
import { GOOD, tenants } from './lib/words.mjs'

const HIDE = { nl: 'Wachtwoord verbergen', en: 'Hide password' }
const SHOW = { nl: 'Wachtwoord tonen', en: 'Show password' }

const focused = v => v.page.evaluate(() => document.activeElement.id)

for (const [tenant, { lang }] of Object.entries(tenants)) {
  test(`${tenant}: a refusal leads to the fields`, async t => {
    const stage = await Stage.open(t, { smtp: false })
    const v = await stage.visitor(tenant)
    await flow.visit(v, flow.SIGN_IN)
    await v.press(v.button(v.words.signIn))
    await v.expectSeen(v.alert)
    assert.equal(await focused(v), 'problem')
    const links = v.alert.getByRole('link')
    assert.equal(await links.count(), 2, 'a line for each empty field')
    for (const [n, field] of [v.words.userName, v.words.password].entries()) {
      assert.equal(await v.field(field).getAttribute('aria-invalid'), 'true')
      await links.nth(n).click()
      assert.equal(await focused(v), await v.field(field).getAttribute('id'))
    }
    await v.page.keyboard.type('x')
    assert.ok(await v.alert.isHidden(), 'the alert goes while typing')
    for (const field of [v.words.userName, v.words.password]) {
      assert.equal(await v.field(field).getAttribute('aria-invalid'), null)
      assert.equal(await v.field(field).getAttribute('aria-describedby'), null)
    }
    await v.close()
  })

  test(`${tenant}: passwords can be shown`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant)
    const { link } = await flow.askForReset(v, 'extra1')
    const shown = async label => {
      const field = v.field(label)
      const button = field.locator('xpath=..').getByRole('button')
      await field.fill('a b')
      for (const [name, type] of [[HIDE, 'text'], [SHOW, 'password']]) {
        await button.click()
        assert.equal(await field.getAttribute('type'), type)
        assert.equal(await button.innerText(), name[lang])
      }
    }
    await flow.openReset(v, link)
    await shown(v.words.newPassword)
    await flow.visit(v, flow.SIGN_IN)
    await shown(v.words.password)
    const plain = await stage.visitor(tenant, { js: false })
    await flow.visit(plain, flow.SIGN_IN)
    assert.equal(await plain.button(SHOW[lang]).count(), 0)
    await plain.close()
    await v.close()
  })

  test(`${tenant}: a lost form token keeps the name`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant, { js: false })
    await flow.resetPassword(v, 'extra2', GOOD[0])
    await flow.visit(v, flow.SIGN_IN)
    await v.context.clearCookies()
    await v.field(v.words.userName).fill('extra2')
    await v.field(v.words.password).fill(GOOD[0])
    await v.press(v.button(v.words.signIn))
    assert.equal(v.status, 403)
    await v.expectSeen(v.alert)
    assert.equal(await v.field(v.words.userName).inputValue(), 'extra2')
    await v.field(v.words.password).fill(GOOD[0])
    await v.press(v.button(v.words.signIn))
    await v.expectSeen(v.button(v.words.app), 'the choice of the authenticator app')
    await v.close()
  })
}
