// The rules of a new password on the real pages: every refusal has its reason, earlier and breached passwords
// are known, and a signed-in person can change the password.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as flow from './lib/flow.mjs'
import { BIN } from './lib/portal.mjs'
import { Stage } from './lib/stage.mjs'
import { GOOD, tenants } from './lib/words.mjs'

const A_DAY = 24 * 3600
const policies = name => fileURLToPath(new URL(`../policies/${name}.toml`, import.meta.url))
const TOOL = resolve(process.env.SLOTWERK_BIN || join(BIN, '../slotwerk'))

/** Passwords that break one rule each, and the rule. */
const BREAKING = {
  noord: [
    ['Zeven-77', 'minimum-length'],
    ['Fiets-Pomp-Ventiel', 'minimum-digits'],
    ['fiets-pomp-ventiel-7', undefined],
    ['fiets-pomp-ventie-7', 'minimum-uppercase'],
    ['Fiets-Pomp-34567', 'maximum-numerical'],
    ['Fietspomp-7-qwert', 'maximum-qwerty'],
    ['Fiets-Pomp-7-Verzu!m', 'without-words'],
    ['W3lkom-2026!', 'not-blocklisted'],
    ['Fiets-aaaaa-Pomp-7', 'maximum-run'],
    ['Extra1-Fiets-Pomp-7', 'without-attributes'],
  ],
  zuid: [
    ['Fiets-Pomp-77', 'minimum-length'],
    ['fietspompventiel', 'classes-present'],
    ['Fietspomp-fietspomp-7', undefined],
    ['Abc1Abc1-Abc1!Abc1', 'minimum-distinct'],
    ['Fiets-Vent-Vent-Pomp-7', undefined],
    ['Fiets-VentVent-Pomp-7', 'without-repeated-block'],
    ['Qwertyuiop-1234', 'minimum-strength'],
    ['Fiets-Pomp-7-Arb0dienst', 'without-words'],
  ],
}

for (const [tenant, { lang }] of Object.entries(tenants)) {
  test(`${tenant}: each rule refuses with its own reason`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant, { js: false })
    const { link } = await flow.askForReset(v, 'extra1')
    await flow.openReset(v, link)
    for (const [password, rule] of BREAKING[tenant]) {
      if (!rule) continue
      await flow.save(v, password)
      assert.equal(v.status, 422, password)
      const verdicts = await flow.verdicts(v)
      assert.equal(verdicts[rule], 'false', `${rule} refuses ${password}: ${JSON.stringify(verdicts)}`)
      const line = await flow.requirements(v).locator(`[data-rule="${rule}"] > span:not(.mark)`).first().innerText()
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

  for (const js of [true, false]) {
    test(`${tenant}: a signed-in person changes the password, script ${js ? 'on' : 'off'}`, async t => {
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
      for (const text of [GOOD[0], 'Kort-7x']) assert.ok(!(await v.page.content()).includes(text), 'no password in the page')

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
  const stage = await Stage.open(t, {
    prepare: dir => {
      const [list, filter] = [join(dir, 'leaked.txt'), join(dir, 'leaked.filter')]
      writeFileSync(list, `${leaked}\n`)
      const built = spawnSync(TOOL, ['blocklist', 'build', '--words', list, '--bits', '32', '-o', filter], { encoding: 'utf8' })
      assert.equal(built.status, 0, `${TOOL}: ${built.error ?? built.stderr}`)
      return ['--breach-filter', filter]
    },
  })
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

async function change(v, current, next) {
  await v.field(v.words.currentPassword).fill(current)
  await flow.save(v, next)
}
