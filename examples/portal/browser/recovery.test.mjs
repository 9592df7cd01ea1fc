// Recovery codes: shown once, each good once. And signing out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt } from './lib/totp.mjs'
import { address, GOOD, tenants } from './lib/words.mjs'

for (const tenant of Object.keys(tenants)) {
  for (const [login, js] of [['extra6', true], ['extra7', false]]) {
    test(`${tenant}: recovery codes, JavaScript ${js ? 'on' : 'off'}`, async t => {
      const stage = await Stage.open(t)
      const v = await stage.visitor(tenant, { js })
      let codes

      await t.test('are shown once', async () => {
        await flow.resetPassword(v, login, GOOD[0])
        await flow.passPassword(v, login, GOOD[0])
        const { secret } = await flow.beginSetUp(v, login)
        await flow.typeCode(v, await codeAt(secret, stage.clock.now))
        codes = await flow.shownRecoveryCodes(v)
        assert.equal(new Set(codes).size, 10)
        const shownAt = v.page.url()
        await flow.leaveRecoveryCodes(v)
        assert.deepEqual(await flow.shownRecoveryCodes(v), [])
        // The browser has nothing to show there: the page was not to be stored, and is not asked for again.
        await v.page.goBack().catch(() => {})
        assert.deepEqual(await flow.shownRecoveryCodes(v), [], 'not behind the back button')
        await v.go(shownAt)
        assert.deepEqual(await flow.shownRecoveryCodes(v), [], 'not on the same address again')
        const mails = await stage.letters.to(address(tenant, login))
        for (const code of codes) assert.ok(!mails.some(({ text, html }) => (text + html).includes(code)), 'not in a mail')
      })

      await t.test('one signs in, and only once', async () => {
        const first = await stage.visitor(tenant, { js })
        await flow.passPassword(first, login, GOOD[0])
        await flow.chooseRecovery(first)
        await first.expectWholePage()
        const { help } = tenants[tenant]
        if (help) {
          const link = first.page.getByRole('main').getByRole('link', { name: help, exact: true })
          assert.equal(await link.getAttribute('href'), `mailto:${help}`, 'help for who has no codes either')
        }
        await flow.typeRecoveryCode(first, codes[3])
        await flow.expectHome(first)
        await first.close()

        const second = await stage.visitor(tenant, { js })
        await flow.passPassword(second, login, GOOD[0])
        await flow.chooseRecovery(second)
        await flow.typeRecoveryCode(second, codes[3])
        await second.expectSeen(second.alert, 'the refusal of a used recovery code')
        assert.ok(second.status >= 400 && second.status < 500)
        // Typed as people type: small letters, no hyphens, blanks.
        await flow.typeRecoveryCode(second, ` ${codes[5].toLowerCase().replaceAll('-', ' ')} `)
        await flow.expectHome(second)
        await second.close()
      })

      await t.test('are found from the page for the code too', async () => {
        const other = await stage.visitor(tenant, { js })
        await flow.passPassword(other, login, GOOD[0])
        await flow.chooseApp(other)
        await flow.chooseRecovery(other)
        await flow.typeRecoveryCode(other, codes[8])
        await flow.expectHome(other)
        await other.close()
      })

      await t.test('signing out ends the session', async () => {
        const cookies = await v.context.cookies()
        await flow.visit(v, flow.HOME)
        await flow.expectHome(v)
        await flow.signOut(v)
        await flow.visit(v, flow.HOME)
        await flow.expectSignInPage(v.speak(tenants[tenant].lang))
        // Not only forgotten by the browser: the old cookie is worth nothing.
        await v.context.addCookies(cookies)
        await flow.visit(v, flow.HOME)
        await flow.expectSignInPage(v)
        await v.close()
      })
    })
  }
}
