// The life of a reset link, and the two judges of a password: the page's script and the server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as flow from './lib/flow.mjs'
import { host, severalTenants } from './lib/hosts.mjs'
import { exchange } from './lib/http.mjs'
import { Stage } from './lib/stage.mjs'
import { GOOD, tenants } from './lib/words.mjs'

const A_DAY = 24 * 3600

// Good or not depending on the tenant, and each a trap for a script that counts differently from the server.
const DOUBTFUL = [
  'a', 'kort', 'allemaalkleineletters', 'ALLEMAALHOOFDLETTERS', '0123456789012345', 'Password123!', 'Welkom01!',
  'aaaaaaaaaaaaaaaaaaaaaaaa', 'Aa1!Aa1!Aa1!', 'geen cijfers Maar Wel Spaties', 'extra6-Is-Mijn-Naam-1',
  // The same letters composed and decomposed; one picture of several code points; letters of other alphabets.
  'e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301', '\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9', '\u{1f511}\u{1f511}\u{1f511}\u{1f511}',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}Aa1', 'ßßßßßßßß', 'ИванИванИван1', 'ΑΒΓΔ-αβγδ-1234', 'ǅǅǅǅǅǅǅǅǅ1-',
  '\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668Aa-', '  rand spaties  ',
  // Every length around the usual limits.
  'Zes-t1', 'Zeven-1', 'Acht-te1', 'Negen-te1', 'Tien-teke1', 'Elf-tekens1', 'Twaalf-teke1', 'Dertien-teke1',
  'Veertien-teke1', 'Vijftien-tekens1', 'Zestien-tekens-1', 'x'.repeat(70), 'Zz9-'.repeat(70),
]
// Known only to the server, and asked of it last.
const DEAR = new Set(['not-reused', 'not-breached'])
// Good under the rules of both tenants.
const ACCEPTED = ['Vlotte9-Kanaal.Brug+Riet', 'Zo\u00eb \u{1f511} Fietst-7 Over De Dijk!', 'Cafe\u0301-Terras.Op+Het9Plein']

for (const tenant of Object.keys(tenants)) {
  test(`${tenant}: the reset page`, async t => {
    const stage = await Stage.open(t)

    await t.test('the list while typing and the server judge alike', async () => {
      const typing = await stage.visitor(tenant)
      const saving = await stage.visitor(tenant, { js: false })
      const accepted = []
      let link
      for (const password of [...DOUBTFUL, ...ACCEPTED]) {
        if (!link) {
          // So that no limit on the mails to one person stands in the way.
          await stage.anotherDay()
          ;({ link } = await flow.askForReset(saving, stage.portal.login('extra6')))
          await flow.openReset(typing, link)
          await flow.openReset(saving, link)
        }
        if (await expectSameVerdict(typing, saving, password)) {
          accepted.push(password)
          link = undefined
        }
      }
      for (const password of ACCEPTED) assert.ok(accepted.includes(password), password)
      assert.ok(accepted.length < DOUBTFUL.length, 'some are refused')
      await typing.close()
      await saving.close()
    })

    await t.test('a refusal names what is missing and leaves the link alive', async () => {
      const v = await stage.visitor(tenant)
      const { link } = await flow.askForReset(v, 'extra1')
      await flow.openReset(v, link)
      for (const refused of host.refused) {
        await flow.save(v, refused)
        assert.equal(v.status, 422)
        const reason = await v.alert.first().innerText()
        assert.ok(reason.trim().length > 10, `a reason: ${reason}`)
        assert.ok(Object.values(await flow.verdicts(v)).includes('false'), 'the list marks what is missing')
        assert.ok(!(await v.page.content()).includes(refused), 'the refused password is not in the page')
      }
      await flow.openReset(v, link)
      await flow.save(v, GOOD[0])
      await flow.expectSignInPage(v)
      await v.expectSeen(v.notice, 'the word that the password was changed')
      await v.close()
    })

    await t.test('looking at the link changes nothing, using it ends it', async () => {
      const v = await stage.visitor(tenant)
      const { link } = await flow.askForReset(v, 'extra2')
      for (const method of ['HEAD', 'GET', 'HEAD', 'GET', 'GET']) {
        const answer = await exchange(link, { method })
        assert.ok(answer.status < 400, `${method}: ${answer.status}`)
      }
      await flow.openReset(v, link)
      await flow.save(v, GOOD[0])
      await flow.expectSignInPage(v)
      await flow.visit(v, flow.HOME)
      await flow.expectSignInPage(v)
      await expectDead(v, link)
      await v.close()
    })

    await t.test('a newer link does not end an older one, success ends all', async () => {
      const v = await stage.visitor(tenant)
      const { link: first } = await flow.askForReset(v, 'extra3')
      const { link: second } = await flow.askForReset(v, 'extra3')
      assert.notEqual(second, first)
      await flow.openReset(v, second)
      await flow.openReset(v, first)
      await flow.save(v, GOOD[0])
      await flow.expectSignInPage(v)
      await expectDead(v, first)
      await expectDead(v, second)
      await v.close()
    })

    await t.test('a page that was open when the link died says so', async () => {
      const one = await stage.visitor(tenant)
      const two = await stage.visitor(tenant, { js: false })
      const { link } = await flow.askForReset(one, 'extra4')
      await flow.openReset(one, link)
      await flow.openReset(two, link)
      await flow.save(one, GOOD[0])
      await flow.expectSignInPage(one)
      await flow.save(two, GOOD[1])
      await expectDeadPage(two)
      // And the second password was not taken.
      await flow.passPassword(one, 'extra4', GOOD[0])
      await one.close()
      await two.close()
    })

    await t.test('an open session ends with a new password', async () => {
      const phone = await stage.visitor(tenant, { size: 'phone' })
      await flow.become(phone, 'extra5', GOOD[0])
      await phone.page.reload()
      await flow.expectHome(phone)
      const desk = await stage.visitor(tenant)
      await flow.resetPassword(desk, 'extra5', GOOD[1])
      await phone.page.reload()
      await flow.expectSignInPage(phone)
      await flow.visit(phone, flow.HOME)
      await flow.expectSignInPage(phone)
      await phone.close()
      await desk.close()
    })

    const other = Object.keys(tenants).find(name => name !== tenant)
    await t.test('a link is of its tenant only', severalTenants, async () => {
      const v = await stage.visitor(tenant)
      const { link } = await flow.askForReset(v, 'extra7')
      await expectDead(v, link.replace(`/${tenant}/`, `/${other}/`))
      await flow.openReset(v, link)
      await v.close()
    })

    await t.test('a changed link is dead, and so is one whose time is over', async () => {
      const v = await stage.visitor(tenant)
      const { link } = await flow.askForReset(v, 'demo')
      await flow.openReset(v, link)
      const middle = link.length - 20
      const changed = link.slice(0, middle) + (link[middle] === 'A' ? 'B' : 'A') + link.slice(middle + 1)
      await expectDead(v, changed)
      if (host.movesClock) {
        stage.clock.advance(A_DAY + 1)
        await expectDead(v, link)
      }
      await v.close()
    })
  })
}

async function expectDead(v, link) {
  await v.go(link)
  await expectDeadPage(v)
}

/** A page that says the link is over and offers a new request. */
async function expectDeadPage(v) {
  assert.ok(v.status >= 400 && v.status < 500, `status ${v.status} of a dead link`)
  assert.equal(await v.field(v.words.newPassword).count(), 0, 'no field for a password')
  await v.expectWholePage()
  const offer = v.page.getByRole('link').and(v.page.locator('[href$="/forgot"]')).first()
  await v.expectSeen(offer, 'the offer of a new request')
  await v.press(offer)
  await v.expectSeen(v.field(v.words.userName), 'the page for a new request')
}

/** Typed with the script on, saved with it off: the same verdict, rule by rule. Says whether it was accepted. */
async function expectSameVerdict(typing, saving, password) {
  const shown = JSON.stringify(password)
  const live = await typed(typing, password)
  await flow.save(saving, password)
  if (saving.status < 400) {
    await flow.expectSignInPage(saving)
    for (const [rule, met] of Object.entries(live)) assert.notEqual(met, 'false', `${rule} of ${shown}, which is accepted`)
    return true
  }
  await saving.expectSeen(flow.requirements(saving), `the reset page again after ${shown}`)
  const judged = await flow.verdicts(saving)
  assert.deepEqual(Object.keys(live), Object.keys(judged), 'the same rules')
  for (const [rule, met] of Object.entries(judged)) {
    // What is dear to find out is not looked up for a password that is refused anyway.
    if (met === 'unknown' && DEAR.has(rule)) continue
    assert.match(met, /^(true|false)$/, `the server's verdict on ${rule}`)
    // What only the server can know, the script leaves open.
    if (live[rule] !== 'unknown') assert.equal(live[rule], met, `${rule} of ${shown}: script and server`)
  }
  assert.ok(Object.values(judged).includes('false'), `${shown} was refused for a reason on the list`)
  return false
}

async function typed(v, password) {
  await v.field(v.words.newPassword).fill(password)
  return flow.verdicts(v)
}
