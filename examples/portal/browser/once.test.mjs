// Forms that are sent twice: by a double click, by two presses of Enter, and in ways that no script can stop.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, encodeFields, freshPassword, locationOf, mailedLink, textOf } from './lib/client.mjs'
import * as flow from './lib/flow.mjs'
import { FORM } from './lib/forms.mjs'
import { cookieName, host } from './lib/hosts.mjs'
import { exchange } from './lib/http.mjs'
import { aboutSetUp } from './lib/mail.mjs'
import { eventually } from './lib/process.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, groupedSecret } from './lib/totp.mjs'
import { address, GOOD, onScreen, tenants } from './lib/words.mjs'

const SESSION = cookieName('session', '')
const AT_ONCE = 4
// One where no time can pass that gives back the attempts of those that came too late.
const ROUNDS = host.movesClock ? 6 : 1

/** Mouse and keyboard themselves, made ready: a control that is found anew waits for the answer on its way. */
const ways = {
  click: async v => {
    const button = v.button(v.words.signIn)
    await button.scrollIntoViewIfNeeded()
    const { x, y, width, height } = await button.boundingBox()
    return () => v.page.mouse.click(x + width / 2, y + height / 2)
  },
  Enter: async v => {
    await v.field(v.words.code).focus()
    return () => v.page.keyboard.press('Enter')
  },
}

/** Sends the form on the page twice, the second time before the answer to the first, and says how many left. */
async function twice(v, code, way) {
  await v.field(v.words.code).fill(code)
  const press = await way(v)
  let sent = 0
  let answer
  const both = new Promise(resolve => { answer = resolve })
  await v.page.route('**/second-factor/**', async route => {
    if (route.request().method() === 'POST') {
      sent++
      await both
    }
    // The browser gives the first one up where it sends a second.
    await route.continue().catch(() => {})
  })
  const loaded = v.page.waitForEvent('load')
  await press()
  await eventually(() => sent === 1, 'the first form')
  await press()
  answer()
  await loaded
  await v.page.unrouteAll({ behavior: 'ignoreErrors' })
  return sent
}

for (const tenant of Object.keys(tenants)) {
  for (const [name, way] of Object.entries(ways)) {
    test(`${tenant}, a double ${name}: one form leaves the set-up, and one the page for the code`, async t => {
      const stage = await Stage.open(t)
      const { clock } = stage
      const v = await stage.visitor(tenant)
      await flow.resetPassword(v, 'extra1', GOOD[0])
      await flow.passPassword(v, 'extra1', GOOD[0])
      const { secret } = await flow.beginSetUp(v, 'extra1')
      assert.equal(await twice(v, await codeAt(secret, clock.now), way), 1)
      assert.equal((await flow.shownRecoveryCodes(v)).length, 10, await v.text())
      await flow.leaveRecoveryCodes(v)
      await flow.signOut(v)

      await clock.nextCode()
      await flow.passPassword(v, 'extra1', GOOD[0])
      await flow.chooseApp(v)
      assert.equal(await twice(v, await codeAt(secret, clock.now), way), 1)
      await flow.expectHome(v)
      await v.close()
    })
  }
}

test('without JavaScript a double click is two forms', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor(onScreen, { js: false })
  await flow.resetPassword(v, 'extra1', GOOD[0])
  await flow.passPassword(v, 'extra1', GOOD[0])
  const { secret } = await flow.beginSetUp(v, 'extra1')
  assert.equal(await twice(v, await codeAt(secret, stage.clock.now), ways.click), 2)
  assert.equal((await flow.shownRecoveryCodes(v)).length, 10, 'the answer to the second, as no other was looked at')
  await v.close()
})

/** What a set-up or a code is sent with once more: the cookies and the token of the first time. */
const again = (client, page, fields) => {
  const headers = { 'Content-Type': FORM, Cookie: client.jar.header }
  const body = encodeFields({ csrf: client.csrf, ...fields })
  return () => exchange(client.where(page), { method: 'POST', headers, body })
}

const sessionsIn = answer => (answer.headers['set-cookie'] ?? []).filter(line => line.startsWith(SESSION))

const SAID = {
  nl: { setUp: /Dit instellen is al afgerond.*herstelcodes/, code: /Dit inloggen is al afgerond/, home: /Herstelcodes worden één keer getoond/ },
  en: { setUp: /This set-up is finished already.*recovery codes/, code: /This sign-in is finished already/, home: /Recovery codes are shown once/ },
}

for (const [tenant, { lang, mailed }] of Object.entries(tenants)) {
  const said = SAID[lang]
  test(`${tenant}: a form that comes when its sign-in is finished says so and leaves the new session alone`, async t => {
    const stage = await Stage.open(t, { browser: false })
    const { clock } = stage
    const client = new Client(stage.portal, tenant)
    const password = freshPassword()
    let secret
    await client.reset(await mailedLink(stage, client, 'demo'), password)

    await t.test('of a set-up', async () => {
      await client.pass('demo', password)
      await client.chooseApp()
      const shown = textOf(await client.ask('second-factor/enrol'))
      secret = groupedSecret(mailed ? (await stage.letters.next(address(tenant, 'demo'), aboutSetUp)).text : shown)
      const code = { code: await codeAt(secret, clock.now) }
      const page = 'second-factor/enrol'
      const late = again(client, page, code)
      assert.equal((await client.send(page, code)).status, 200)
      await expectLeftAlone(await late(), 'set-up', said.setUp)
      // And whoever sends it in the new session is told at home.
      const answer = await client.send(page, code)
      assert.equal(locationOf(answer), client.path(`${host.account}?notice=set-up`))
      assert.match(textOf(await client.ask(`${host.account}?notice=set-up`)), said.home)
    })

    await t.test('of a code', async () => {
      await clock.nextCode()
      await client.pass('demo', password)
      await client.chooseApp()
      const code = { code: await codeAt(secret, clock.now) }
      const page = 'second-factor/verify'
      const late = again(client, page, code)
      assert.equal(locationOf(await client.send(page, code)), client.path())
      await expectLeftAlone(await late(), 'code', said.code)
    })

    async function expectLeftAlone(answer, notice, words) {
      const where = `sign-in?notice=${notice}`
      assert.equal(locationOf(answer), client.path(where), textOf(answer))
      assert.deepEqual(sessionsIn(answer), [], 'no session is set or taken back')
      assert.match(locationOf(await client.ask(where)), new RegExp(`^${client.path(host.account)}(\\?notice=set-up)?$`), 'who has the new session goes home')
      await client.expectSignedIn()
      const without = new Client(stage.portal, tenant)
      assert.match(textOf(await without.ask(where)), words)
    }
  })
}

test(`${onScreen}: of codes sent at once one signs in, and the others leave its session alone`, async t => {
  const stage = await Stage.open(t, { browser: false })
  const { clock } = stage
  const client = new Client(stage.portal, onScreen)
  const password = freshPassword()
  await client.reset(await mailedLink(stage, client, 'demo'), password)
  const { secret } = await client.enrol('demo', password, clock)
  for (let round = 0; round < ROUNDS; round++) {
    // Time gives back the attempts of those that came too late.
    if (host.movesClock) clock.advance(3600)
    else await clock.nextCode()
    await client.pass('demo', password)
    await client.chooseApp()
    const code = { code: await codeAt(secret, clock.now) }
    const send = again(client, 'second-factor/verify', code)
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, send))
    const bringing = answers.filter(answer => sessionsIn(answer).length > 0)
    assert.equal(bringing.length, 1, answers.map(({ status }) => status).join())
    assert.equal(locationOf(bringing[0]), client.path())
    client.jar.keep(bringing[0])
    await client.expectSignedIn()
  }
})
