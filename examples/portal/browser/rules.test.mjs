// The rules of a new password on the real pages: every refusal has its reason, earlier and breached passwords
// are known, and a signed-in person can change the password.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { TOOL, breachFilter } from './lib/breaches.mjs'
import * as flow from './lib/flow.mjs'
import { Stage } from './lib/stage.mjs'
import { GOOD, tenants } from './lib/words.mjs'

const A_DAY = 24 * 3600
const policies = name => fileURLToPath(new URL(`../policies/${name}.toml`, import.meta.url))
const REUSE_REFILL = 5 * 60
const REUSE_BURST = 10

/** For each rule of the page a password of `extra1` that breaks it, perhaps with others. */
const BREAKING = {
  noord: [
    ['Zeven-77', 'minimum-length'],
    ['Fiets-Pomp-7 '.repeat(100), 'maximum-length'],
    ['FIETS-POMP-VENT-7', 'minimum-lowercase'],
    ['fiets-pomp-ventie-7', 'minimum-uppercase'],
    ['Fiets-Pomp-Ventiel', 'minimum-digits'],
    ['Fiets-aaaaa-Pomp-7', 'maximum-run'],
    ['Fiets-Pomp-34567', 'maximum-numerical'],
    ['Fietspomp-7-qwert', 'maximum-qwerty'],
    ['Extra1-Fiets-Pomp-7', 'without-attributes'],
    ['Fiets-Pomp-7-Verzu!m', 'without-words'],
    ['W3lkom-2026!', 'not-blocklisted'],
  ],
  zuid: [
    ['Fiets-Pomp-77', 'minimum-length'],
    ['Fiets-Pomp-7 '.repeat(100), 'maximum-length'],
    ['fietspompventiel', 'classes-present'],
    ['Abc1Abc1-Abc1!Abc1', 'minimum-distinct'],
    ['Fiets-aaaa-Pomp-Vent-7', 'maximum-run'],
    ['Fiets-VentVent-Pomp-7', 'without-repeated-block'],
    ['Extra1-Fiets-Pomp-7', 'without-attributes'],
    ['Fiets-Pomp-7-Arb0dienst', 'without-words'],
    ['qwertyuiop', 'not-blocklisted'],
    ['Qwertyuiop-1234', 'minimum-strength'],
  ],
}

/** What the short list holds before anything is typed. */
const FIRST_LINES = {
  noord: ['Minstens 10 tekens', 'Bij minder dan 20 tekens: een hoofdletter, een kleine letter en een cijfer'],
  zuid: ['At least 15 characters', /At least 3 of these 4/, 'At least 8 different characters', /Hard to guess/],
}

/** A password that breaks a prohibition, and the same one mended. */
const RUN = ['Fiets-Pomp-aaaaa-77', 'Fiets-Pomp-Anders-77']

/** Rules about more than the text and the person; they have tests of their own below. */
const NEEDING_FACTS = ['not-reused']

const SAYS = {
  nl: {
    resetThrottled: /te veel nieuwe wachtwoorden.*je link werkt nog.*over 5 minuten/is,
    changeThrottled: /te veel pogingen.*niets gewijzigd.*over 5 minuten/is,
    progress: (met, total) => `Aan ${met} van de ${total} eisen is voldaan.`,
    rest: /voldaan\. De rest wordt gecontroleerd bij het opslaan\.$/,
  },
  en: {
    resetThrottled: /too many new passwords.*your link still works.*in 5 minutes/is,
    changeThrottled: /too many attempts.*nothing was changed.*in 5 minutes/is,
    progress: (met, total) => `${met} of ${total} requirements met.`,
    rest: /met\. The rest is checked when you save\.$/,
  },
}

for (const [tenant, { lang }] of Object.entries(tenants)) {
  test(`${tenant}: each rule refuses with its own reason`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant, { js: false })
    const { link } = await flow.askForReset(v, 'extra1')
    await flow.openReset(v, link)
    const tested = BREAKING[tenant].map(([, rule]) => rule)
    const shown = Object.keys(await flow.verdicts(v))
    assert.deepEqual([...tested, ...NEEDING_FACTS].sort(), shown.sort(), 'every rule of the page is tried')
    for (const [password, rule] of BREAKING[tenant]) {
      await flow.save(v, password)
      assert.equal(v.status, 422, rule)
      const verdicts = await flow.verdicts(v)
      assert.equal(verdicts[rule], 'false', `${rule} refuses ${password}: ${JSON.stringify(verdicts)}`)
      const line = await v.page.locator(`#all-requirements [data-rule="${rule}"] > span:not(.mark)`).first().innerText()
      const reason = line.split(':')[0].trim()
      const said = await v.alert.first().innerText()
      assert.ok(said.includes(reason), `"${reason}" is among the reasons: ${said}`)
    }
    await flow.save(v, GOOD[0])
    await flow.expectSignInPage(v)
    await v.close()
  })

  test(`${tenant}: an earlier password is refused, and says so`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant)
    await flow.resetPassword(v, 'extra2', GOOD[0])
    const { link } = await flow.askForReset(v, 'extra2')
    await flow.openReset(v, link)
    await flow.save(v, GOOD[0])
    assert.equal(v.status, 422)
    const verdicts = await flow.verdicts(v)
    assert.equal(verdicts['not-reused'], 'false')
    assert.equal(Object.values(verdicts).filter(met => met !== 'true').length, 1, 'everything else is met')
    await flow.save(v, GOOD[1])
    await flow.expectSignInPage(v)
    await v.close()
  })

  test(`${tenant}: a link is told only so often what an earlier password was, and lives on`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant, { js: false })
    await flow.resetPassword(v, 'extra6', GOOD[0])
    const { link } = await flow.askForReset(v, 'extra6')
    await flow.openReset(v, link)
    for (let n = 0; n < REUSE_BURST; n++) {
      await flow.save(v, GOOD[0])
      assert.equal(v.status, 422, `attempt ${n + 1}`)
    }
    await flow.save(v, GOOD[0])
    await expectThrottled(v, SAYS[lang].resetThrottled)
    await v.expectWholePage()
    await flow.openReset(v, link)
    assert.equal(v.status, 200, 'the link is alive')
    stage.clock.advance(REUSE_REFILL)
    await flow.save(v, GOOD[1])
    await flow.expectSignInPage(v)
    await v.close()
  })

  test(`${tenant}: a session is told only so often what an earlier password was`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant, { js: false })
    await flow.become(v, 'extra7', GOOD[0])
    await v.press(v.link(v.words.change))
    for (let n = 0; n < REUSE_BURST; n++) {
      await change(v, GOOD[0], GOOD[0])
      assert.equal(v.status, 422, `attempt ${n + 1}`)
    }
    await change(v, GOOD[0], GOOD[1])
    await expectThrottled(v, SAYS[lang].changeThrottled)
    stage.clock.advance(REUSE_REFILL)
    await change(v, GOOD[0], GOOD[1])
    await flow.expectHome(v)
    await v.close()
  })

  for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 900 }]) {
    test(`${tenant} at ${viewport.width}: field and short list in one screen`, async t => {
      const stage = await Stage.open(t)
      const v = await stage.visitor(tenant)
      await v.page.setViewportSize(viewport)
      const { link } = await flow.askForReset(v, 'extra4')
      await flow.openReset(v, link)
      const list = flow.requirements(v)
      for (const control of [v.field(v.words.newPassword), list]) {
        const { y, height } = await control.boundingBox()
        assert.ok(y + height < viewport.height, `${control} ends at ${y + height}`)
      }
      const lines = list.getByRole('listitem')
      assert.equal(await lines.count(), FIRST_LINES[tenant].length)
      for (const text of FIRST_LINES[tenant]) await v.expectSeen(lines.filter({ hasText: text }), `${text}`)
      assert.equal(await v.page.locator('[data-met="false"], [data-met="true"]').count(), 0, 'neutral marks')

      const [broken, mended] = RUN
      const crosses = list.locator('li[data-met="false"]:visible')
      await v.field(v.words.newPassword).fill(broken)
      assert.deepEqual(await crosses.evaluateAll(all => all.map(one => one.dataset.prohibition)), [''])
      await v.field(v.words.newPassword).fill(mended)
      assert.equal(await crosses.count(), 0)
      await v.field(v.words.newPassword).fill('')
      assert.equal(await v.page.locator('[data-met="false"], [data-met="true"]').count(), 0, 'neutral marks again')
      await v.close()
    })
  }

  test(`${tenant}: how far a password has come is told while it is typed`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant)
    const { link } = await flow.askForReset(v, 'extra4')
    await flow.openReset(v, link)
    const region = v.page.getByRole('status')
    const told = text => region.filter({ hasText: text }).waitFor({ state: 'attached' })
    assert.equal(await region.textContent(), '', 'there from the start, and silent')
    await v.field(v.words.newPassword).pressSequentially('Fiets')
    const verdicts = Object.values(await flow.verdicts(v))
    const met = verdicts.filter(state => state === 'true').length
    assert.ok(met > 0 && verdicts.includes('false'), 'some are met')
    await told(SAYS[lang].progress(met, verdicts.length))
    await v.field(v.words.newPassword).fill(GOOD[0])
    await told(SAYS[lang].rest)
    await v.field(v.words.newPassword).fill('')
    await told(/^$/)
    await v.close()
  })

  for (const js of [true, false]) {
    test(`${tenant}, script ${js ? 'on' : 'off'}: a signed-in person changes the password`, async t => {
      const stage = await Stage.open(t)
      const elsewhere = await stage.visitor(tenant)
      const { secret } = await flow.become(elsewhere, 'demo', GOOD[0])
      const v = await stage.visitor(tenant, { js })
      await flow.signInAgain(v, 'demo', GOOD[0], secret)
      await v.press(v.link(v.words.change))
      await v.expectSeen(flow.requirements(v), 'the list of requirements')

      await change(v, 'Niet.Het_Goede-9', GOOD[1])
      assert.equal(v.status, 422)
      await v.expectSeen(v.alert, 'the refusal of a wrong current password')
      await change(v, GOOD[0], 'Kort-7x')
      assert.equal(v.status, 422)
      assert.equal((await flow.verdicts(v))['minimum-length'], 'false')
      await expectMarked(v, { current: false, next: true })
      for (const text of [GOOD[0], 'Kort-7x']) assert.ok(!(await v.page.content()).includes(text), 'no password in the page')

      const tooLong = 'Aa1-'.repeat(1100)
      await change(v, GOOD[0], tooLong)
      assert.equal(v.status, 422)
      await expectMarked(v, { current: false, next: true })
      await change(v, tooLong, GOOD[1])
      assert.equal(v.status, 422)
      await expectMarked(v, { current: true, next: false })

      await change(v, GOOD[0], GOOD[1])
      await flow.expectHome(v)
      await v.expectSeen(v.notice, 'the word that it was changed')
      await v.page.reload()
      await flow.expectHome(v)
      await elsewhere.page.reload()
      await flow.expectSignInPage(elsewhere)
      stage.clock.nextCode()
      await flow.signInAgain(elsewhere, 'demo', GOOD[1], secret)
      await v.close()
      await elsewhere.close()
    })
  }

  test(`${tenant}: the suggestion can be used`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant, { js: false })
    const { link } = await flow.askForReset(v, 'extra3')
    await flow.openReset(v, link)
    await v.page.locator('details.suggestion summary').click()
    const first = await v.page.locator('#suggestion').innerText()
    await flow.openReset(v, link)
    const second = await v.page.locator('#suggestion').textContent()
    assert.notEqual(first.trim(), second.trim(), 'another one each time')
    await flow.save(v, second.trim())
    await flow.expectSignInPage(v)
    assert.ok(lang)
    await v.close()
  })
}

test('zuid: a password that is too old is pointed out until it is changed', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor('zuid')
  const { secret } = await flow.become(v, 'extra4', GOOD[0])
  stage.clock.advance(365 * A_DAY + 60)
  await flow.signInAgain(v, 'extra4', GOOD[0], secret)
  const warning = v.page.locator('.warning').filter({ has: v.link(v.words.change) })
  await v.expectSeen(warning, 'the request for a new password')
  await v.press(warning.getByRole('link'))
  await change(v, GOOD[0], GOOD[1])
  await flow.expectHome(v)
  assert.equal(await warning.count(), 0)
  await v.close()
})

test('zuid: breached passwords of the operator’s filter are refused', async t => {
  const leaked = 'Breached.But=Long-And+Odd7'
  const stage = await Stage.open(t, { prepare: dir => breachFilter(dir, [leaked]) })
  const v = await stage.visitor('zuid')
  const { link } = await flow.askForReset(v, 'extra5')
  await flow.openReset(v, link)
  await flow.save(v, leaked)
  assert.equal(v.status, 422)
  assert.equal((await flow.verdicts(v))['not-breached'], 'false')
  await flow.save(v, GOOD[0])
  await flow.expectSignInPage(v)
  await v.close()
})

test('the operator’s tool judges as the pages do', () => {
  for (const tenant of Object.keys(tenants)) {
    for (const [password, expected] of [[GOOD[0], 0], ['Kort-7x', 1]]) {
      const files = ['platform', tenant].map(policies)
      const checked = spawnSync(TOOL, ['policy', 'check', '--common', '--new-account', ...files], { input: password, encoding: 'utf8' })
      assert.equal(checked.status, expected, `${tenant} ${password}: ${checked.error ?? checked.stdout + checked.stderr}`)
    }
  }
})

/** Which of the fields is pointed out as the one to correct. */
async function expectMarked(v, { current, next }) {
  const marked = label => v.field(label).getAttribute('aria-invalid')
  assert.equal(await marked(v.words.currentPassword), current ? 'true' : null, 'the current password')
  assert.equal(await marked(v.words.newPassword), next ? 'true' : null, 'the new password')
}

async function expectThrottled(v, says) {
  assert.equal(v.status, 429)
  await v.expectSeen(v.alert.filter({ hasText: says }), 'the word to wait')
}

async function change(v, current, next) {
  await v.field(v.words.currentPassword).fill(current)
  await flow.save(v, next)
}
