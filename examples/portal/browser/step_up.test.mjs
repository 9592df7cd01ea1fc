// "Confirm that it is you": a session alone changes nothing, and what confirming leads to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, locationOf, mailedLink, textOf } from './lib/client.mjs'
import { query } from './lib/database.mjs'
import * as flow from './lib/flow.mjs'
import { addOne, askForCodes, buttonOf, expectList, give, LIST, listed, openList, QUARTER, scan, STEP_UP, stepUp, visitRemoval } from './lib/managing.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, groupedSecret } from './lib/totp.mjs'
import { GOOD, tenants } from './lib/words.mjs'

const EVIL = 'evil.example'

for (const tenant of Object.keys(tenants)) {
  for (const js of [true, false]) {
    test(`${tenant}: confirming who you are, JavaScript ${js ? 'on' : 'off'}`, async t => {
      const stage = await Stage.open(t)
      const { clock } = stage
      const v = await stage.visitor(tenant, { js })
      const { secret, recoveryCodes } = await flow.become(v, 'extra1', GOOD[0])
      const later = async () => {
        clock.advance(QUARTER)
        await openList(v)
      }

      await t.test('each change asks for it, and it leads back there', async () => {
        await openList(v)
        const press = button => () => v.press(button)
        const wishes = [
          [press(v.button(v.words.addApp)), v => v.expectSeen(v.page.locator('.set-up .qr svg'))],
          [press(buttonOf(v, v.words.app, v.words.replace)), v => v.expectSeen(v.page.locator('.set-up .qr svg'))],
          [press(buttonOf(v, v.words.app, v.words.rename)), v => v.expectSeen(v.button(v.words.save))],
          [() => visitRemoval(v, v.words.app), v => v.expectSeen(v.page.getByText(v.words.lastStays))],
          [press(v.button(v.words.newCodes)), v => v.expectSeen(v.button(v.words.makeCodes))],
        ]
        for (const [wish, arrived] of wishes) {
          await later()
          await wish()
          await v.expectWholePage()
          await stepUp(v, GOOD[0], secret)
          await arrived(v)
          const there = new URL(v.page.url()).pathname
          // And for a while nothing is asked again.
          await openList(v)
          await wish()
          assert.equal(new URL(v.page.url()).pathname, there)
        }
      })

      await t.test('a set-up that could not be finished in time asks for it first', async () => {
        clock.advance(QUARTER)
        await openList(v)
        await v.press(v.button(v.words.newCodes))
        await stepUp(v, GOOD[0], secret)
        clock.advance(QUARTER - 60)
        await openList(v)
        await v.press(v.button(v.words.addApp))
        await stepUp(v, GOOD[0], secret)
        const { secret: begun } = await scan(v)
        clock.advance(QUARTER - 60)
        // What was begun with time to spare is finished within it.
        await give(v, { name: 'In time', code: await codeAt(begun, clock.now), button: v.words.add })
        await v.expectSeen(v.notice.filter({ hasText: v.words.added }), 'the notice that it was added')
      })

      await t.test('the password field is for the account of the session', async () => {
        await later()
        await v.press(v.button(v.words.addApp))
        const user = v.field(v.words.userName)
        assert.equal(await user.inputValue(), 'extra1')
        assert.equal(await user.getAttribute('autocomplete'), 'username')
        assert.equal(await user.getAttribute('name'), null, 'it is not sent')
        const password = v.field(v.words.password)
        assert.equal(await password.getAttribute('autocomplete'), 'current-password')
        for (const wrong of ['', 'Wrong-1-Wrong', 'x'.repeat(5000)]) {
          await password.fill(wrong)
          await v.press(v.button(v.words.goOn))
          await v.expectSeen(v.alert, 'the refusal')
          assert.equal(v.status, 422)
          assert.equal(await password.inputValue(), '')
        }
      })

      await t.test('cancelling leaves the session as it was, at both steps', async () => {
        await v.press(v.link(v.words.cancel))
        await flow.expectHome(v)
        await openList(v)
        await v.press(v.button(v.words.addApp))
        await v.field(v.words.password).fill(GOOD[0])
        await v.press(v.button(v.words.goOn))
        await v.expectSeen(v.field(v.words.code))
        await v.press(v.link(v.words.cancel))
        await flow.expectHome(v)
        await openList(v)
        await v.press(v.button(v.words.addApp))
        await v.expectSeen(v.heading(v.words.stepUp), 'the password alone was not enough')
      })

      await t.test('a recovery code will do, and a step that took too long begins again', async () => {
        await v.field(v.words.password).fill(GOOD[0])
        await v.press(v.button(v.words.goOn))
        clock.advance(QUARTER)
        await flow.typeCode(v, await codeAt(secret, clock.now))
        await v.expectSeen(v.heading(v.words.stepUp), 'from the beginning')
        await v.field(v.words.password).fill(GOOD[0])
        await v.press(v.button(v.words.goOn))
        await flow.chooseRecovery(v)
        await flow.typeRecoveryCode(v, recoveryCodes[2])
        await v.expectSeen(v.page.locator('.set-up .qr svg'), 'the page that was asked for')
        await openList(v)
        await v.close()
      })
    })
  }
}

test('zuid: a session alone changes nothing', async t => {
  const stage = await Stage.open(t, { browser: false })
  const { clock } = stage
  const signedUp = async (login, tenant = 'zuid') => {
    const client = new Client(stage.portal, tenant)
    const password = freshPassword()
    await client.reset(await mailedLink(stage, client, login), password)
    return { client, login, password, ...(await client.enrol(login, password, clock)) }
  }
  const person = await signedUp('extra1')
  const { client } = person
  await addOne(client, 'tablet', clock)
  const once = await askForCodes(client)
  const [first, second] = (await listed(client)).ids
  const state = async () => {
    const tables = ['slotwerk_pending_enrolments', 'slotwerk_authenticators', 'slotwerk_recovery_codes']
    return JSON.stringify(await Promise.all(tables.map(table => query(stage.dir, `SELECT * FROM ${table}`))))
  }

  /** Every form that changes something, with its fields. */
  const forms = [
    ['add/begin', {}], ['add', { name: 'x', code: '000000' }], [`${first}/rename`, { name: 'x' }], [`${second}/remove`, {}],
    [`${first}/replace/begin`, {}], [`${first}/replace`, { name: 'x', code: '000000' }],
  ].map(([page, fields]) => [`${LIST}/${page}`, fields])
  forms.push(['recovery-codes', { once }])

  await t.test('a quarter of an hour after the sign-in every form leads to the step-up', async () => {
    clock.advance(QUARTER - 2)
    assert.equal((await client.ask(`${LIST}/${first}/rename`)).status, 200, 'not before')
    clock.advance(2)
    const before = await state()
    for (const [page, fields] of forms) {
      for (const answer of [await client.send(page, fields), page.endsWith('/begin') ? undefined : await client.ask(page)]) {
        if (answer) assert.equal(locationOf(answer), `/zuid/${STEP_UP}`, `${page}:\n${textOf(answer)}`)
      }
    }
    assert.equal(await state(), before)
    await client.expectSignedIn()
  })

  await t.test('nor with a set-up that was on the page in time', async () => {
    const v = (await signedUp('extra2'))
    await v.client.send(`${LIST}/add/begin`, {})
    const secret = groupedSecret(textOf(await v.client.ask(`${LIST}/add`)))
    clock.advance(QUARTER)
    const late = await v.client.send(`${LIST}/add`, { name: 'late', code: await codeAt(secret, clock.now) })
    assert.equal(locationOf(late), `/zuid/${STEP_UP}`)
    assert.equal((await listed(v.client)).ids.length, 1)
    // After the step-up it is another set-up: the old one may have been seen by whoever sat there.
    await v.client.send(STEP_UP, { password: v.password })
    clock.nextCode()
    assert.equal(locationOf(await v.client.code(await codeAt(v.secret, clock.now))), `/zuid/${LIST}/add`)
    assert.notEqual(groupedSecret(textOf(await v.client.ask(`${LIST}/add`))), secret)
  })

  await t.test('the password alone does not open the way, nor half a sign-in', async () => {
    const before = await state()
    await client.ask(`${LIST}/add`)
    assert.equal(locationOf(await client.send(STEP_UP, { password: person.password })), '/zuid/second-factor/verify')
    for (const [page, fields] of forms) assert.equal(locationOf(await client.send(page, fields)), `/zuid/${STEP_UP}`, page)
    const half = new Client(stage.portal, 'zuid')
    await half.pass('extra1', person.password)
    for (const [page, fields] of forms) assert.equal(locationOf(await half.send(page, fields)), '/zuid/sign-in?notice=over', page)
    assert.equal(await state(), before)
  })

  await t.test('no parameter and no field says where it leads', async () => {
    const evil = Object.fromEntries(['next', 'to', 'step_up', 'return_to', 'redirect', 'url'].map(name => [name, `//${EVIL}/`]))
    const question = new URLSearchParams(evil).toString()
    assert.equal(locationOf(await client.ask(`${LIST}/${first}/rename?${question}`)), `/zuid/${STEP_UP}`)
    const page = await client.ask(`${STEP_UP}?${question}`)
    assert.equal(page.status, 200)
    assert.ok(!page.text.includes(EVIL))
    const passed = await client.send(`${STEP_UP}?${question}`, { password: person.password, ...evil })
    assert.equal(locationOf(passed), '/zuid/second-factor/verify')
    clock.nextCode()
    const code = await codeAt(person.secret, clock.now)
    const done = await client.send(`second-factor/verify?${question}`, { code, ...evil })
    assert.equal(locationOf(done), `/zuid/${LIST}/${first}/rename`)
    clock.advance(QUARTER)
  })

  await t.test('the name in the form is not asked: it is the session’s account, and stays it', async () => {
    // A session without a use for half an hour would be over.
    await client.ask(LIST)
    const other = await signedUp('extra3')
    clock.advance(QUARTER)
    await client.ask(`${LIST}/add`)
    const answer = await client.send(STEP_UP, { login: 'extra3', user: 'extra3', password: other.password })
    assert.equal(answer.status, 422, 'the other’s password is a wrong one here')
    assert.equal(locationOf(await client.send(STEP_UP, { login: 'extra3', password: person.password })), '/zuid/second-factor/verify')
    clock.nextCode()
    assert.equal((await client.code(await codeAt(other.secret, clock.now))).status, 422, 'and so is the other’s code')
    // A name that by now is somebody else's: the session is not carried over to them.
    await query(stage.dir, "UPDATE portal_users SET login = 'EXTRA3' WHERE tenant = 'zuid' AND login = 'extra1'")
    assert.equal(locationOf(await client.send(STEP_UP, { password: other.password })), '/zuid/second-factor/verify')
    clock.nextCode()
    const crossed = await client.code(await codeAt(other.secret, clock.now))
    assert.equal(locationOf(crossed), '/zuid/sign-in?notice=over')
    await client.expectSignedOut()
    await query(stage.dir, "UPDATE portal_users SET login = 'extra1' WHERE tenant = 'zuid' AND login = 'EXTRA3'")
  })

  await t.test('passwords are guessed on the budget of the sign-in, by the cookie of a known browser too', async () => {
    const v = await signedUp('extra4')
    const elsewhere = new Client(stage.portal, 'zuid')
    // A stranger uses the account's attempts up; the owner's browser is known.
    for (let n = 0; n < 6; n++) await elsewhere.password('extra4', `Wrong-${n}-Wrong`)
    assert.equal((await elsewhere.password('extra4', v.password)).status, 429)
    for (let n = 0; n < 5; n++) assert.equal((await v.client.send(STEP_UP, { password: `Wrong-${n}-Wrong` })).status, 422)
    const shut = await v.client.send(STEP_UP, { password: v.password })
    assert.equal(shut.status, 429)
    assert.ok(Number(shut.headers['retry-after'][0]) > 0)
    await v.client.expectSignedIn()
    clock.advance(60)
    assert.equal(locationOf(await v.client.send(STEP_UP, { password: v.password })), '/zuid/second-factor/verify')
  })

  await t.test('the session has another id after it, and another after a removal', async () => {
    const v = await signedUp('extra5')
    await addOne(v.client, 'tablet', clock)
    const ids = (await listed(v.client)).ids
    clock.advance(QUARTER)
    const seen = [v.client.jar.get('portal-session-zuid')]
    await v.client.ask(`${LIST}/${ids[1]}/remove`)
    await v.client.send(STEP_UP, { password: v.password })
    assert.equal(v.client.jar.get('portal-session-zuid'), seen[0], 'the password alone changes nothing')
    clock.nextCode()
    await v.client.code(await codeAt(v.secret, clock.now))
    seen.push(v.client.jar.get('portal-session-zuid'))
    assert.equal(locationOf(await v.client.send(`${LIST}/${ids[1]}/remove`, {})), `/zuid/${LIST}?notice=removed`)
    seen.push(v.client.jar.get('portal-session-zuid'))
    assert.equal(new Set(seen).size, 3, 'three ids')
    for (const old of seen.slice(0, 2)) {
      const thief = new Client(stage.portal, 'zuid')
      thief.jar.set('portal-session-zuid', old)
      await thief.expectSignedOut()
    }
    await v.client.expectSignedIn()
  })

  await t.test('a removal makes the way no longer: it closes when it would have', async () => {
    const v = await signedUp('extra6')
    await addOne(v.client, 'tablet', clock)
    const ids = (await listed(v.client)).ids
    clock.advance(QUARTER - 60)
    assert.equal(locationOf(await v.client.send(`${LIST}/${ids[1]}/remove`, {})), `/zuid/${LIST}?notice=removed`)
    assert.equal((await v.client.ask(`${LIST}/${ids[0]}/rename`)).status, 200)
    clock.advance(60)
    assert.equal(locationOf(await v.client.ask(`${LIST}/${ids[0]}/rename`)), `/zuid/${STEP_UP}`)
    // The list itself asks for nothing.
    assert.equal((await v.client.ask(LIST)).status, 200)
  })

  await t.test('signed out, nothing of it is left', async () => {
    const v = await signedUp('extra7')
    const [id] = (await listed(v.client)).ids
    const [cookie, flow] = [v.client.jar.get('portal-session-zuid'), v.client.jar.get('portal-flow-zuid')]
    await v.client.send('sign-out', {})
    for (const [session, held] of [[cookie, flow], [cookie, ''], ['', flow]]) {
      v.client.jar.set('portal-session-zuid', session)
      v.client.jar.set('portal-flow-zuid', held)
      for (const page of [LIST, STEP_UP, `${LIST}/${id}/rename`, 'recovery-codes']) {
        assert.equal(locationOf(await v.client.ask(page)), '/zuid/sign-in?notice=over', page)
      }
    }
  })
})
