// Several authenticators: added, renamed, replaced and removed, by their owner and by others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessibilityFaults } from './lib/browser.mjs'
import { Client, encodeFields, freshPassword, locationOf, mailedLink, textOf } from './lib/client.mjs'
import * as flow from './lib/flow.mjs'
import { send } from './lib/forms.mjs'
import { cookieName, host, movingClock, severalTenants } from './lib/hosts.mjs'
import { aboutAnythingElse, aboutSetUp } from './lib/mail.mjs'
import { addApp, addOne, askForCodes, busyHour, buttonOf, expectList, give, LIST, listed, names, openList, scan, stepUp, visitRemoval } from './lib/managing.mjs'
import { Stage, story } from './lib/stage.mjs'
import { codeAt, groupedSecret, strayCode } from './lib/totp.mjs'
import { address, GOOD, onScreen, tenants } from './lib/words.mjs'

const ODD = '<b>Zoë’s “werk”</b> & \' OR 1=1 --'

for (const tenant of Object.keys(tenants)) {
  for (const [login, js, size] of [['extra1', true, 'desktop'], ['extra2', false, 'phone']]) {
    test(`${tenant}: a second phone, JavaScript ${js ? 'on' : 'off'}, ${size}`, movingClock, async t => {
      const stage = await Stage.open(t)
      const step = story(t, stage)
      const { clock, letters } = stage
      const v = await stage.visitor(tenant, { js, size })
      const to = address(tenant, login)
      const began = clock.now
      const person = await flow.become(v, login, GOOD[0])
      const phone = person.secret
      let tablet
      let setUpMails
      let sent

      await step('the list shows the one there is', async () => {
        await openList(v)
        await v.expectWholePage()
        assert.deepEqual(await names(v), [v.words.app])
        const [account, ...moments] = await v.page.locator('dd').allInnerTexts()
        assert.equal(account, login, 'the name in the app')
        assert.equal(moments.length, 2)
        const possible = clock.shownSince(began, v.words.lang)
        for (const moment of moments) assert.ok(possible.includes(moment), moment)
        setUpMails = await letters.count(to, aboutSetUp)
      })

      await step('a set-up survives a reload, a typo and a long name', async () => {
        await v.press(v.button(v.words.addApp))
        await v.expectWholePage()
        const first = await scan(v)
        assert.equal(first.typed, first.secret)
        await v.page.reload()
        assert.equal((await scan(v)).secret, first.secret, 'the same after a reload')
        await v.press(v.link(v.words.cancel))
        await expectList(v)
        await v.page.goBack()
        assert.equal((await scan(v)).secret, first.secret, 'and behind the back button')
        const good = await codeAt(first.secret, clock.now)
        const long = `${'x'.repeat(40)} & ${'\u{1f4f1}'.repeat(30)}`
        for (const [given, kept, problem] of [
          [{ name: 'tablet', code: await strayCode(first.secret, clock.now) }, 'tablet', 'code'],
          [{ name: 'tablet', code: await codeAt(phone, clock.now) }, 'tablet', 'code'],
          [{ name: 'tablet', code: ' ' }, 'tablet', 'code'],
          [{ name: long, code: good }, long, 'name'],
          [{ name: 'a\u202eb', code: good }, 'a\u202eb', 'name'],
        ]) {
          await give(v, { ...given, button: v.words.add })
          await v.expectSeen(v.alert, 'the refusal')
          assert.equal(v.status, 422)
          assert.equal(await v.field(v.words.name).inputValue(), kept, 'the typed name stays')
          assert.equal(await v.field(v.words.code).inputValue(), '', 'the code does not')
          assert.equal(await v.field(v.words[problem]).getAttribute('aria-invalid'), 'true')
          assert.equal(groupedSecret(await v.text()), first.secret, 'the same after a refusal')
        }
        await flow.visit(v, LIST)
        assert.deepEqual(await names(v), [v.words.app], 'nothing was added')
      })

      await step('it is added with its first code, and a mail says so', async () => {
        const seen = await letters.count(to, aboutAnythingElse)
        const sends = v.page.waitForRequest(request => request.method() === 'POST' && request.url().endsWith('/add'))
        tablet = await addApp(v, 'tablet')
        sent = await sends
        assert.deepEqual(await names(v), [v.words.app, 'tablet'])
        const mail = await letters.next(to, aboutAnythingElse, seen)
        assert.ok(mail.text.includes('tablet'), mail.text)
        assert.equal(await letters.count(to, aboutSetUp), setUpMails, 'the secret is on the page only')
      })

      await step('the form sent once more adds no other', async () => {
        const answer = await send(v, { action: sent.url() }, { body: sent.postData() })
        assert.equal(locationOf(answer), stage.portal.path(tenant, `${LIST}?notice=over`), textOf(answer))
        await v.page.goBack().catch(() => {})
        await flow.visit(v, `${LIST}/add`)
        await expectList(v)
        assert.deepEqual(await names(v), [v.words.app, 'tablet'])
      })

      await step('both sign in, and each code once', async () => {
        for (const secret of [phone, tablet]) {
          const other = await stage.visitor(tenant, { js })
          await flow.signInAgain(other, login, GOOD[0], secret)
          await flow.passPassword(other, login, GOOD[0])
          await flow.chooseApp(other)
          await flow.typeCode(other, await codeAt(secret, clock.now))
          await other.expectSeen(other.alert, 'the refusal of a code of before')
          await other.close()
        }
      })

      await step('a name is shown as it was typed', async () => {
        await openList(v)
        await v.press(buttonOf(v, v.words.app, v.words.rename))
        await v.expectWholePage()
        for (const name of ['', '  ', 'x'.repeat(65)]) {
          await v.field(v.words.name).fill(name)
          await v.press(v.button(v.words.save))
          await v.expectSeen(v.alert, 'the refusal of a name')
          assert.equal(await v.field(v.words.name).inputValue(), name)
        }
        await v.field(v.words.name).fill(`  ${ODD} `)
        await v.press(v.button(v.words.save))
        await v.expectSeen(v.notice.filter({ hasText: v.words.renamed }))
        assert.deepEqual(await names(v), [ODD, 'tablet'])
      })

      await step('a lost phone is removed, and who had it is signed out', async () => {
        const thief = await stage.visitor(tenant, { js })
        await flow.signInAgain(thief, login, GOOD[0], phone)
        await v.press(buttonOf(v, ODD, v.words.remove))
        await v.expectWholePage()
        assert.ok((await v.text()).includes(ODD))
        await v.press(v.link(v.words.cancel))
        assert.deepEqual(await names(v), [ODD, 'tablet'])
        await v.press(buttonOf(v, ODD, v.words.remove))
        const before = (await v.context.cookies()).find(({ name }) => name === cookieName('session', tenant)).value
        const seen = await letters.count(to, aboutAnythingElse)
        await v.press(v.button(v.words.remove))
        await v.expectSeen(v.notice.filter({ hasText: v.words.removed }))
        assert.deepEqual(await names(v), ['tablet'])
        const after = (await v.context.cookies()).find(({ name }) => name === cookieName('session', tenant)).value
        assert.notEqual(after, before, 'a new session id')
        await letters.next(to, aboutAnythingElse, seen)
        await flow.visit(thief, flow.HOME)
        thief.speak(tenants[tenant].lang)
        await flow.expectSignInPage(thief)
        await flow.passPassword(thief, login, GOOD[0])
        await flow.chooseApp(thief)
        clock.nextCode()
        await flow.typeCode(thief, await codeAt(phone, clock.now))
        await thief.expectSeen(thief.alert, 'the refusal of the removed phone')
        await thief.close()
      })

      await step('the last one stays, and is replaced', async () => {
        // Time gives back the attempts of the wrong codes above, and asks for a step-up.
        await busyHour(v, clock)
        await openList(v)
        assert.equal(await buttonOf(v, 'tablet', v.words.remove).count(), 0)
        await v.expectSeen(v.page.getByText(v.words.lastStays), 'that the last one stays')
        await visitRemoval(v, 'tablet')
        await stepUp(v, GOOD[0], tablet)
        await v.expectSeen(v.page.getByText(v.words.lastStays), 'the same on the page that removes')
        assert.equal(await v.button(v.words.remove).count(), 0)
        await v.press(v.button(v.words.replace))
        await v.expectWholePage()
        const fresh = await scan(v)
        assert.equal(await v.field(v.words.name).inputValue(), 'tablet')
        await give(v, { code: await strayCode(fresh.secret, clock.now), button: v.words.replace })
        await v.expectSeen(v.alert)
        // Until its first code the old one works.
        const other = await stage.visitor(tenant, { js })
        await flow.signInAgain(other, login, GOOD[0], tablet)
        await give(v, { name: 'new tablet', code: await codeAt(fresh.secret, clock.now), button: v.words.replace })
        await v.expectSeen(v.notice.filter({ hasText: v.words.replaced }))
        assert.deepEqual(await names(v), ['new tablet'])
        await flow.visit(other, flow.HOME)
        await flow.expectSignInPage(other.speak(tenants[tenant].lang))
        await flow.passPassword(other, login, GOOD[0])
        await flow.chooseApp(other)
        clock.nextCode()
        await flow.typeCode(other, await codeAt(tablet, clock.now))
        await other.expectSeen(other.alert, 'the refusal of the replaced one')
        await flow.typeCode(other, await codeAt(fresh.secret, clock.now))
        await flow.expectHome(other)
        await other.close()
        await v.close()
      })
    })
  }
}

test(`${onScreen}: five are the most, and the reason is given`, async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor(onScreen)
  await flow.become(v, 'extra3', GOOD[0])
  await openList(v)
  for (const name of ['b', 'c', 'd', 'e']) await addApp(v, name)
  assert.equal(await v.button(v.words.addApp).count(), 0)
  await v.expectSeen(v.page.getByText(v.words.full), 'why there is no button')
  assert.deepEqual(await accessibilityFaults(v.page), [])
  await v.close()
})

test(`${onScreen}: the set-up code is copied, and that is said`, async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor(onScreen)
  await v.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await flow.become(v, 'extra4', GOOD[0])
  await openList(v)
  await v.press(v.button(v.words.addApp))
  const { secret } = await scan(v)
  await v.button(v.words.copy).click()
  await v.expectSeen(v.notice.filter({ hasText: v.words.copied }), 'that it was copied')
  assert.equal(await v.page.evaluate(() => navigator.clipboard.readText()), secret)
  // A double click selects all of it, for those without the script.
  await v.page.locator('.secret').click()
  const selected = await v.page.evaluate(() => getSelection().toString())
  assert.equal(selected.replace(/\s/g, ''), secret)
  await v.close()
})

test(`${onScreen}: authenticators under attack`, async t => {
  const stage = await Stage.open(t, { browser: false })
  const { clock } = stage
  const signedUp = async (login, tenant = onScreen) => {
    const client = new Client(stage.portal, tenant)
    const password = freshPassword()
    await client.reset(await mailedLink(stage, client, login), password)
    return { client, password, ...(await client.enrol(login, password, clock)) }
  }
  const mine = await signedUp('extra5')
  const theirs = await signedUp('extra6')
  await addOne(mine.client, 'mine', clock)
  const [myFirst] = (await listed(mine.client)).ids
  const [their] = (await listed(theirs.client)).ids
  const { ids: before } = await listed(mine.client)

  await t.test('somebody else’s id, and nobody’s, change nothing and are the same', async () => {
    for (const id of [their, '00112233445566778899aabbccddeeff']) {
      for (const [page, fields] of [[`${id}/rename`, { name: 'x' }], [`${id}/remove`, {}], [`${id}/replace`, { name: 'x', code: '000000' }]]) {
        for (const answer of [await mine.client.ask(`${LIST}/${page}`), await mine.client.send(`${LIST}/${page}`, fields)]) {
          assert.equal(answer.status, 303, `${page}:\n${textOf(answer)}`)
          assert.equal(locationOf(answer), mine.client.path(`${LIST}?notice=gone`), page)
        }
      }
      // A set-up may be begun, and comes to nothing: there is nothing of mine to replace.
      await mine.client.send(`${LIST}/${id}/replace/begin`, {})
      const secret = groupedSecret(textOf(await mine.client.ask(`${LIST}/add`)))
      const answer = await mine.client.send(`${LIST}/${id}/replace`, { name: 'x', code: await codeAt(secret, clock.now) })
      assert.equal(locationOf(answer), mine.client.path(`${LIST}?notice=gone`))
    }
    for (const odd of ['0', 'X'.repeat(32), myFirst.toUpperCase(), `${myFirst}0`, '%2e%2e', "'--", encodeURIComponent('../../noord')]) {
      for (const page of ['rename', 'remove', 'replace']) {
        assert.equal((await mine.client.ask(`${LIST}/${odd}/${page}`)).status, 404, odd)
        assert.equal((await mine.client.send(`${LIST}/${odd}/${page}`, { name: 'x', code: '000000' })).status, 404, odd)
      }
    }
    assert.deepEqual(await listed(theirs.client).then(({ names: found }) => found), ['Authenticator app'])
    assert.deepEqual((await listed(mine.client)).ids, before)
    await theirs.client.expectSignedIn()
  })

  await t.test('a form from elsewhere changes nothing', async () => {
    const once = await askForCodes(mine.client)
    const forms = [
      ['add/begin', {}], ['add', { name: 'x', code: '000000' }], [`${myFirst}/rename`, { name: 'x' }], [`${myFirst}/remove`, {}],
      [`${myFirst}/replace/begin`, {}], [`${myFirst}/replace`, { name: 'x', code: '000000' }],
    ].map(([page, fields]) => [`${LIST}/${page}`, fields])
    forms.push(['recovery-codes', { once }], ['step-up', { password: mine.password }])
    const csrf = mine.client.csrf
    for (const [page, fields] of forms) {
      for (const forged of [theirs.client.csrf, '', csrf.slice(0, -1)]) {
        const body = encodeFields({ csrf: forged, ...fields })
        const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
        assert.equal((await mine.client.ask(page, { method: 'POST', headers, body })).status, 403, page)
      }
      mine.client.csrf = csrf
      // What a link could do: nothing but look.
      await mine.client.ask(`${page}?${encodeFields({ csrf, ...fields })}`)
    }
    assert.deepEqual((await listed(mine.client)).ids, before)
    assert.match((await listed(mine.client)).text, /10 recovery codes left/)
  })

  const another = Object.keys(tenants).find(name => name !== onScreen)
  await t.test('a session of one tenant is none of the other', severalTenants, async () => {
    for (const page of [LIST, `${LIST}/add`, `${LIST}/${myFirst}/remove`, `${LIST}/${myFirst}/rename`, `${LIST}/${myFirst}/replace`, 'recovery-codes', 'step-up']) {
      const answer = await mine.client.ask(stage.portal.address(another, page))
      assert.equal(locationOf(answer), stage.portal.path(another, 'sign-in?notice=over'), page)
    }
    const answer = await mine.client.send(stage.portal.address(another, `${LIST}/${myFirst}/remove`), {})
    assert.equal(locationOf(answer), stage.portal.path(another, 'sign-in?notice=over'))
    assert.deepEqual((await listed(mine.client)).ids, before)
  })

  await t.test('each form counts once, however often it is sent', async () => {
    await mine.client.send(`${LIST}/add/begin`, {})
    const secret = groupedSecret(textOf(await mine.client.ask(`${LIST}/add`)))
    const fields = { name: 'again', code: await codeAt(secret, clock.now) }
    const answers = []
    for (let n = 0; n < 3; n++) answers.push(locationOf(await mine.client.send(`${LIST}/add`, fields)))
    assert.deepEqual(answers, ['added', 'over', 'over'].map(notice => mine.client.path(`${LIST}?notice=${notice}`)))
    const { ids, names: called } = await listed(mine.client)
    assert.deepEqual(called, ['Authenticator app', 'mine', 'again'])
    const gone = ids[2]
    const removals = []
    for (let n = 0; n < 2; n++) removals.push(locationOf(await mine.client.send(`${LIST}/${gone}/remove`, {})))
    assert.deepEqual(removals, ['removed', 'gone'].map(notice => mine.client.path(`${LIST}?notice=${notice}`)))
    assert.deepEqual((await listed(mine.client)).ids, ids.slice(0, 2))
  })

  await t.test('a browser that was known is known after a removal and a replacement', async () => {
    const shut = async () => {
      const stranger = new Client(stage.portal, onScreen)
      for (let n = 0; n < 6; n++) await stranger.password('extra5', `Wrong-${n}-Wrong`)
      assert.equal((await stranger.password('extra5', mine.password)).status, 429)
    }
    const getIn = async () => {
      await mine.client.send('sign-out', {})
      // At once, before the strangers' attempts are forgotten.
      await mine.client.pass('extra5', mine.password)
      await mine.client.signIn('extra5', mine.password, mine.secret, clock)
    }
    await shut()
    await getIn()
    const secret = await addOne(mine.client, 'spare', clock)
    const { ids } = await listed(mine.client)
    assert.equal(locationOf(await mine.client.send(`${LIST}/${ids.at(-1)}/remove`, {})), mine.client.path(`${LIST}?notice=removed`))
    await shut()
    await getIn()
    await mine.client.send(`${LIST}/${ids[1]}/replace/begin`, {})
    const next = groupedSecret(textOf(await mine.client.ask(`${LIST}/${ids[1]}/replace`)))
    assert.notEqual(next, secret)
    const replaced = await mine.client.send(`${LIST}/${ids[1]}/replace`, { name: 'mine', code: await codeAt(next, clock.now) })
    assert.equal(locationOf(replaced), mine.client.path(`${LIST}?notice=replaced`))
    await shut()
    await getIn()
  })

  await t.test('codes for a new one are guessed a few times only', async () => {
    await mine.client.send(`${LIST}/add/begin`, {})
    const secret = groupedSecret(textOf(await mine.client.ask(`${LIST}/add`)))
    const stray = await strayCode(secret, clock.now)
    const statuses = []
    for (let n = 0; n < 7; n++) statuses.push((await mine.client.send(`${LIST}/add`, { name: 'x', code: stray })).status)
    assert.deepEqual(statuses, [422, 422, 422, 422, 422, 429, 429])
    const right = await mine.client.send(`${LIST}/add`, { name: 'x', code: await codeAt(secret, clock.now) })
    assert.equal(right.status, 429, 'even the right one has to wait')
    assert.ok(Number(right.headers['retry-after'][0]) > 0)
  })

  await t.test('new recovery codes are made once for each time of asking', async () => {
    const v = theirs.client
    const once = await askForCodes(v)
    assert.equal(await askForCodes(v), once, 'two pages that ask are one question')
    for (const odd of ['', once.slice(1), `${once}0`]) {
      assert.equal(locationOf(await v.send('recovery-codes', { once: odd })), v.path(`${LIST}?notice=codes`))
    }
    const codesIn = answer => [...answer.text.matchAll(/<code>([0-9A-Z-]+)<\/code>/g)].map(([, code]) => code)
    const made = await v.send('recovery-codes', { once })
    assert.equal(codesIn(made).length, 10)
    const again = await v.send('recovery-codes', { once })
    assert.equal(locationOf(again), v.path(`${LIST}?notice=codes`))
    assert.equal(codesIn(again).length, 0)
    // The old ones are dead, and those that were shown are good, the page loaded again or not.
    const other = new Client(stage.portal, onScreen)
    await other.pass('extra6', theirs.password)
    assert.equal((await other.send('second-factor/recovery', { code: theirs.codes[0] })).status, 422)
    const home = host.ownHome ? '' : '?notice=recovered'
    assert.equal(locationOf(await other.send('second-factor/recovery', { code: codesIn(made)[0] })), other.path(home))
    await other.expectSignedIn()
  })
})
