// Nothing tells who exists: known, unknown and disabled user names get the same answer, octet for octet.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { encode, formsOf, send } from './lib/forms.mjs'
import { cookieHeader, exchange, Jar } from './lib/http.mjs'
import { host, movingClock } from './lib/hosts.mjs'
import { aboutReset } from './lib/mail.mjs'
import { masked } from './lib/masked.mjs'
import { Stage } from './lib/stage.mjs'
import { address, GOOD, tenants } from './lib/words.mjs'

// Pairs of the same length: a page may well show the user name that was typed.
const PAIRS = [['demo', 'nope'], ['extra2', 'extra0'], ...(host.disabled ? [[host.disabled, 'unknown1']] : [])]
const WITH_PASSWORD = 'extra1'
const NOBODY = 'extra9'
const MORE_THAN_ANY_BUDGET = 25

for (const tenant of Object.keys(tenants)) {
  test(`${tenant}: who exists is not told`, async t => {
    const stage = await Stage.open(t)
    const stranger = await stage.visitor(tenant)

    await t.test('by the answer to a forgotten password', async () => {
      for (const [one, other] of PAIRS) {
        const answers = []
        for (const login of [one, other]) answers.push(await answersTo(stranger, flow.FORGOT, login))
        assert.deepEqual(answers[1], answers[0], `${one} and ${other}`)
      }
      // The control: it was a working request, for the one who exists and is not disabled.
      await stage.letters.next(address(tenant, 'demo'), aboutReset)
      await stage.letters.next(address(tenant, 'extra2'), aboutReset)
      if (host.disabled) assert.deepEqual((await stage.letters.to(address(tenant, host.disabled))).map(mail => mail.subject), [])
    })

    await t.test('by the answer to a sign-in', async () => {
      const v = await stage.visitor(tenant)
      await flow.resetPassword(v, WITH_PASSWORD, GOOD[0])
      await v.close()
      for (const [one, other] of [...PAIRS, [WITH_PASSWORD, NOBODY]]) {
        const answers = []
        for (const login of [one, other]) answers.push(await answersTo(stranger, flow.SIGN_IN, login))
        assert.deepEqual(answers[1], answers[0], `${one} and ${other}`)
      }
    })

    // Compared to the second, so that the clock must stand still.
    await t.test('by the way that guessing is slowed down', movingClock, async () => {
      const [known, unknown] = [[], []]
      for (let i = 0; i < MORE_THAN_ANY_BUDGET; i++) {
        known.push(await answersTo(stranger, flow.SIGN_IN, WITH_PASSWORD))
        unknown.push(await answersTo(stranger, flow.SIGN_IN, NOBODY))
      }
      assert.deepEqual(unknown, known)
      const v = await stage.visitor(tenant)
      await flow.signIn(v, WITH_PASSWORD, GOOD[0])
      assert.ok(v.status >= 400, 'after so many guesses even the right password has to wait')
      await v.close()
    })
    await stranger.close()
  })
}

/** All answers until a page is shown, from a browser that comes for the first time. */
async function answersTo(v, page, login) {
  await v.context.clearCookies()
  await flow.visit(v, page)
  const form = (await formsOf(v.page)).find(({ fields }) => fields.some(({ kind }) => kind === 'text'))
  const pairs = form.fields.map(({ name, kind, value }) =>
    [name, { text: login, password: 'Niet.Het_Goede-9' }[kind] ?? value])
  const first = await send(v, form, { body: encode(pairs) })
  const answers = [masked(first, login)]
  const location = first.headers.location?.[0]
  if (location) {
    const jar = new Jar()
    for (const cookie of (await cookieHeader(v.context, form.action)).split('; ')) jar.keep({ headers: { 'set-cookie': [cookie] } })
    jar.keep(first)
    const shown = await exchange(new URL(location, form.action), { headers: { Cookie: jar.header, 'Accept-Language': v.acceptLanguage } })
    answers.push(masked(shown, login))
  }
  return answers
}
