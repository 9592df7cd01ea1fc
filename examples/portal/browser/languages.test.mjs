// The switch of language in the header of every page.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { Stage } from './lib/stage.mjs'
import { GOOD, oneTenant, otherLang, tenants, words } from './lib/words.mjs'

const NAMES = { nl: 'Nederlands', en: 'English' }
const own = tenants[oneTenant].lang
const other = otherLang(own)

for (const js of [true, false]) {
  test(`a chosen language stays, JavaScript ${js ? 'on' : 'off'}`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(oneTenant, { js })
    const choose = async lang => {
      const before = new URL(v.page.url())
      const switcher = v.page.getByRole('navigation', { name: /^(Taal|Language)$/ })
      assert.deepEqual(await switcher.getByRole('link').allInnerTexts(), Object.values(NAMES).reverse())
      await v.press(switcher.getByRole('link', { name: NAMES[lang], exact: true }))
      v.speak(lang)
      await v.expectWholePage()
      const after = new URL(v.page.url())
      assert.deepEqual([after.pathname, after.search], [before.pathname, ''], 'the same page')
      assert.equal(await switcher.locator('[aria-current]').innerText(), NAMES[lang])
    }
    await flow.visit(v, 'sign-in?notice=over')
    await choose(other)
    const { link } = await flow.askForReset(v, 'demo')
    await flow.openReset(v, link)
    await v.expectWholePage()
    await choose(own)
    await choose(other)
    await flow.save(v, GOOD[0])
    await flow.expectSignInPage(v)

    // The browser, the account and the tenant have the own language.
    await v.field(words[other].userName).fill('demo')
    await v.field(words[other].password).fill(GOOD[0])
    await v.press(v.button(words[other].signIn))
    await v.expectSeen(v.button(words[other].app), 'the choice in the chosen language')
    await v.expectWholePage()
    await v.go('/geen/pagina')
    await v.expectWholePage()
    await v.close()
  })
}
