// A password that was good when it was set and is not any more: the home page says so at sign-in, and the page to
// change it, until it is changed. Nobody is kept out.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { breachFilter } from './lib/breaches.mjs'
import * as flow from './lib/flow.mjs'
import { run } from './lib/process.mjs'
import { python } from './lib/python.mjs'
import { Stage } from './lib/stage.mjs'
import { GOOD, tenants } from './lib/words.mjs'

const SAYS = {
  nl: { unfit: /voldoet niet meer aan de eisen/ },
  en: { unfit: /no longer meets the requirements/, breached: /known data breach/ },
}

/** `GOOD[0]` holds this, as a name that somebody has taken on since. */
const NEW_NAME = 'Kanaal'

for (const [tenant, { lang }] of Object.entries(tenants)) {
  test(`${tenant}: a password that holds the person’s new name is pointed out until it is changed`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant)
    const { secret } = await flow.become(v, 'extra1', GOOD[0])
    assert.equal(await warning(v).count(), 0)
    await stage.portal.stop()
    await rename(stage, tenant, 'extra1', NEW_NAME)
    await stage.portal.start()
    await flow.signInAgain(v, 'extra1', GOOD[0], secret)
    await changeAsAsked(v, SAYS[lang].unfit)
    await v.close()
  })
}

test('zuid: a password that leaked since it was set is pointed out until it is changed', async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor('zuid')
  const { secret } = await flow.become(v, 'extra2', GOOD[0])
  const other = await stage.visitor('zuid')
  const others = await flow.become(other, 'extra3', GOOD[1])
  // The operator has a filter from now on.
  await stage.portal.stop()
  stage.portal.more = breachFilter(stage.dir, [GOOD[0]])
  await stage.portal.start()
  await flow.signInAgain(v, 'extra2', GOOD[0], secret)
  await changeAsAsked(v, SAYS.en.breached)
  await flow.signInAgain(other, 'extra3', GOOD[1], others.secret)
  assert.equal(await warning(other).count(), 0, 'this one did not leak')
  await v.close()
  await other.close()
})

const warning = v => v.page.locator('.warning')

/** Follows the warning from the home page, reads it again there, and is rid of it afterwards. */
async function changeAsAsked(v, says) {
  await v.expectSeen(warning(v).filter({ hasText: says }), 'the warning on the home page')
  await v.press(warning(v).getByRole('link', { name: v.words.change, exact: true }))
  await v.expectSeen(warning(v).filter({ hasText: says }), 'the warning on the page to change it')
  await v.field(v.words.currentPassword).fill(GOOD[0])
  await flow.save(v, GOOD[2])
  await flow.expectHome(v)
  assert.equal(await warning(v).count(), 0)
}

/** As the host's own administration would: the user table is the host's. */
async function rename(stage, tenant, login, name) {
  const statement = 'UPDATE portal_users SET name = ? WHERE tenant = ? AND login = ?'
  const program = [
    'import sqlite3, sys',
    'database = sqlite3.connect(sys.argv[1])',
    `changed = database.execute(${JSON.stringify(statement)}, sys.argv[2:]).rowcount`,
    'database.commit()',
    'sys.exit(changed != 1)',
  ].join('\n')
  const { code, stderr } = await run(python, ['-c', program, join(stage.dir, 'portal.sqlite'), name, tenant, login])
  assert.equal(code, 0, stderr)
}
