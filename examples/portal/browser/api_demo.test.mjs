// The page that signs in over the JSON API by a script of its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessibilityFaults, SIZES } from './lib/browser.mjs'
import * as flow from './lib/flow.mjs'
import { expectAllGuarded } from './lib/headers.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, strayCode } from './lib/totp.mjs'
import { GOOD, tenants } from './lib/words.mjs'

const DEMO = 'api-demo'
const LINK = { nl: 'Inloggen via de JSON-API', en: 'Sign in over the JSON API' }
const SIGNED_IN = { nl: 'Je bent ingelogd', en: 'You are signed in' }
const NEEDS_SCRIPT = { nl: /JavaScript nodig/, en: /needs JavaScript/ }

const focused = v => v.page.evaluate(() => document.activeElement.id)

for (const [tenant, { lang }] of Object.entries(tenants)) {
  test(`${tenant}: signing in over the JSON API`, async t => {
    const stage = await Stage.open(t)
    const { clock } = stage
    const v = await stage.visitor(tenant)
    const { secret } = await flow.become(v, 'extra1', GOOD[0])
    await flow.signOut(v)
    const send = () => v.page.locator('button:visible', { hasText: v.words.signIn }).click()
    const signInForm = () => v.expectSeen(v.field(v.words.userName), 'the form of the sign-in')
    const refused = async what => {
      await v.expectSeen(v.alert, what)
      assert.equal(await focused(v), 'problem', what)
    }
    const accessible = async () => {
      for (const size of Object.values(SIZES)) {
        await v.page.setViewportSize(size)
        assert.deepEqual(await accessibilityFaults(v.page), [])
      }
    }

    await t.test('from the front page to the account', async () => {
      await v.go('/')
      await v.press(v.page.locator(`a[href="/${tenant}/${DEMO}"]`).filter({ hasText: LINK[lang] }))
      await signInForm()
      await v.expectWholePage()
      await accessible()
      await v.field(v.words.userName).fill('extra1')
      await v.field(v.words.password).fill('Wrong-1-Wrong')
      await send()
      await refused('a wrong password')
      await v.field(v.words.password).fill(GOOD[0])
      await send()
      await v.expectSeen(v.field(v.words.code), 'the field for the code')
      assert.equal(await focused(v), 'code')
      await v.field(v.words.code).fill(await strayCode(secret, clock.now))
      await send()
      await refused('a wrong code')
      await accessible()
      await clock.nextCode()
      await v.field(v.words.code).fill(await codeAt(secret, clock.now))
      await send()
      await v.expectSeen(v.heading(SIGNED_IN[lang]), 'the account')
      assert.equal(await focused(v), 'signed-in')
      assert.equal(await v.page.locator('dd').first().innerText(), 'extra1')
      assert.match(await v.page.getByRole('listitem').filter({ has: v.page.locator('time') }).innerText(), /Chrom/)
      await accessible()
    })

    await t.test('the pages know the session', async () => {
      await v.page.reload()
      await v.expectSeen(v.heading(SIGNED_IN[lang]), 'the account again')
      await flow.visit(v, flow.HOME)
      await flow.expectHome(v)
      await flow.visit(v, DEMO)
      await v.expectSeen(v.heading(SIGNED_IN[lang]))
      await v.button(v.words.signOut).click()
      await signInForm()
      await flow.visit(v, flow.HOME)
      await flow.expectSignInPage(v)
    })

    await t.test('an ended session leads back', async () => {
      await flow.signInAgain(v, 'extra1', GOOD[0], secret)
      await flow.visit(v, DEMO)
      await v.expectSeen(v.heading(SIGNED_IN[lang]))
      const cookies = (await v.context.cookies()).filter(({ name }) => !name.includes('session'))
      await v.context.clearCookies()
      await v.context.addCookies(cookies)
      await v.page.reload()
      await signInForm()
    })

    await t.test('no script, or no tenant', async () => {
      const plain = await stage.visitor(tenant, { js: false })
      await flow.visit(plain, DEMO)
      await plain.expectSeen(plain.page.getByText(NEEDS_SCRIPT[lang]))
      for (const nobody of ['nergens', '%ff']) {
        await plain.go(`/${nobody}/${DEMO}`)
        assert.equal(plain.status, 404)
      }
      await plain.close()
    })
    await expectAllGuarded(v)
    await v.close()
  })
}
