// Every form, sent wrong in every way: a refusal that a person can read, and nothing changed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { formsOf, send, wrongWays } from './lib/forms.mjs'
import { expectErrorPage } from './lib/headers.mjs'
import { exchange } from './lib/http.mjs'
import { aboutReset, aboutSetUp } from './lib/mail.mjs'
import { buttonOf, LIST, names, openList, STEP_UP } from './lib/managing.mjs'
import { Stage, story } from './lib/stage.mjs'
import { codeAt } from './lib/totp.mjs'
import { address, GOOD, oneTenant, tenants } from './lib/words.mjs'

const LOGIN = 'extra5'

for (const tenant of Object.keys(tenants)) {
  test(`${tenant}: bad input on each form changes nothing`, async t => {
    const stage = await Stage.open(t)
    const step = story(t, stage)
    const v = await stage.visitor(tenant)
    const to = address(tenant, LOGIN)
    let link
    let secret
    let recoveryCode

    await step('sign-in', async () => {
      await flow.visit(v, flow.SIGN_IN)
      await attack(v)
    })
    await step('forgot password', async () => {
      await flow.chooseForgot(v)
      await attack(v)
      await flow.sendUserName(v, LOGIN)
    })
    await step('reset', async () => {
      const mail = await stage.letters.next(to, aboutReset)
      link = mail.textLinks.find(found => aboutReset({ textLinks: [found] }))
      await flow.openReset(v, link)
      await attack(v)
      await flow.save(v, GOOD[0])
      await flow.expectSignInPage(v)
    })
    await step('choice of the second factor', async () => {
      await flow.passPassword(v, LOGIN, GOOD[0])
      await attack(v)
    })
    await step('set-up', async () => {
      ;({ secret } = await flow.beginSetUp(v, LOGIN))
      await attack(v)
      await slips(v)
      await flow.typeCode(v, await codeAt(secret, stage.clock.now))
      ;[recoveryCode] = await flow.shownRecoveryCodes(v)
      assert.ok(recoveryCode, 'the good code was accepted after all the bad ones')
    })
    await step('recovery codes and home', async () => {
      await attack(v, 0)
      await flow.leaveRecoveryCodes(v)
      await attack(v)
      await flow.expectHome(v)
    })

    await step('two-step sign-in', async () => {
      await openList(v)
      await attack(v, 2)
      const wishes = [v.words.rename, v.words.replace].map(name => buttonOf(v, v.words.app, name))
      for (const wish of [...wishes, v.button(v.words.addApp), v.button(v.words.newCodes)]) {
        await v.press(wish)
        await attack(v)
        await openList(v)
      }
      assert.deepEqual(await names(v), [v.words.app])
      // No button leads to the removal of the only app; its page is there all the same.
      const name = await v.page.locator('h2[id^="name-"]').getAttribute('id')
      await flow.visit(v, `${LIST}/${name.slice('name-'.length)}/remove`)
      await attack(v)
      await flow.visit(v, STEP_UP)
      await attack(v)
    })

    const again = await stage.visitor(tenant)
    await step('choice and code of the next sign-in', async () => {
      await stage.clock.nextCode()
      await flow.passPassword(again, LOGIN, GOOD[0])
      await attack(again)
      await flow.chooseApp(again)
      await attack(again)
      await slips(again)
      const code = await codeAt(secret, stage.clock.now)
      await flow.typeCode(again, `${code.slice(0, 3)}-${code.slice(3)}.`)
      await flow.expectHome(again)
    })

    const spare = await stage.visitor(tenant)
    await step('recovery code', async () => {
      await flow.passPassword(spare, LOGIN, GOOD[0])
      await flow.chooseRecovery(spare)
      await attack(spare)
      await flow.typeRecoveryCode(spare, recoveryCode)
      await flow.expectHome(spare)
    })

    await step('no bad request has sent a mail', async () => {
      assert.equal(await stage.letters.count(to, aboutReset), 1)
      assert.ok((await stage.letters.count(to, aboutSetUp)) <= 1)
    })
  })
}

test('addresses that lead nowhere', async t => {
  const stage = await Stage.open(t, { smtp: false, browser: false })
  const { portal } = stage
  const at = page => portal.path(oneTenant, page)
  const nowhere = [
    '/nergens/', '/nergens/sign-in', '/nergens/forgot', '/geen-pagina', '/%ff/sign-in', '/noord%00/sign-in', '/%6eoord/geen-pagina',
    ...['geen-pagina', 'reset', `reset/${'A'.repeat(75)}`, 'reset/%00', 'reset/%ff%fe', 'reset/..%2f..%2fetc', `reset/${'x'.repeat(4000)}`,
      'authenticators/x', 'authenticators/%ff/remove', `authenticators/${'x'.repeat(4000)}/rename`, 'authenticators/add/x'].map(at),
    '/mailbox/x', '/mailbox/%ff', '/mailbox/999999999999999999999', '/mailbox/1/html', '/mailbox/1/inline/%ff',
  ]
  const ask = async (path, sent, lang, method = 'GET') => {
    const answer = await exchange(portal.url + path, { method, headers: { 'Accept-Language': sent } })
    expectErrorPage(answer, lang, `${method} ${path.slice(0, 40)} with Accept-Language "${sent.slice(0, 20)}"`)
  }
  await expectNoFault(async function* () {
    for (const [sent, lang] of [['nl-NL,nl;q=0.9', 'nl'], ['en-GB,en;q=0.9', 'en']]) {
      for (const path of nowhere) yield () => ask(path, sent, lang)
      for (const method of ['PUT', 'DELETE', 'PATCH']) yield () => ask(at('sign-in'), sent, lang, method)
    }
    // A language that the portal does not speak: the tenant's own.
    for (const [tenant, { lang }] of Object.entries(tenants)) {
      for (const sent of ['fr-FR', '', '*', ';;q=,,\u00e9', 'x'.repeat(2000)]) {
        yield () => ask(portal.path(tenant, 'geen-pagina'), sent, lang)
      }
    }
  })
})

async function attack(v, atLeast = 1) {
  const forms = await formsOf(v.page)
  assert.ok(forms.length >= atLeast, `a form on ${v.page.url()}`)
  await expectNoFault(async function* () {
    for (const form of forms) for (const way of wrongWays(form)) yield () => attackOnce(v, form, way)
  })
}

/** More slips than a person has attempts: each is an error of the field, and the right code works afterwards. */
async function slips(v) {
  const sixDigits = { nl: /zes cijfers/, en: /six digits/ }[v.words.lang]
  for (const slip of ['12345', '1234567', '12345a', 'l23456', '+12345', '123/456', '-123456']) {
    await flow.typeCode(v, slip)
    await v.expectSeen(v.alert.filter({ hasText: sixDigits }), `what is wrong with ${slip}`)
    const field = v.field(v.words.code)
    assert.equal(await field.getAttribute('aria-invalid'), 'true', slip)
  }
}

async function attackOnce(v, form, way) {
  const what = `"${form.label}" with ${way.what}`
  const answer = await send(v, form, way).catch(error => assert.fail(`${what}: no answer: ${error.message}`))
  expectErrorPage(answer, v.words.lang, what)
  if (way.status) assert.equal(answer.status, way.status, what)
}

/** Tries everything before it fails, so that one run tells all there is to mend. */
async function expectNoFault(attempts) {
  const faults = []
  for await (const attempt of attempts()) {
    await attempt().catch(error => faults.push(error.message.split('\n')[0]))
  }
  assert.deepEqual(faults, [])
}
