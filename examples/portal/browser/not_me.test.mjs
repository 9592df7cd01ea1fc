// "This was not me": what the reader of a mail can end, and what nobody else can.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, mailedLink, textOf } from './lib/client.mjs'
import { host } from './lib/hosts.mjs'
import { aboutAnythingElse, aboutReset, reportLink } from './lib/mail.mjs'
import { Stage } from './lib/stage.mjs'
import { address, oneTenant, tenants } from './lib/words.mjs'

const [OPEN, CHANGED, DEAD, FORBIDDEN] = [200, 303, 410, 403]

for (const [tenant, { help }] of Object.entries(tenants)) {
  test(`${tenant}: under a link it ends the links, and leaves the account as it is`, async t => {
    const { stage, owner, password } = await Situation.of(t, tenant)
    const link = await mailedLink(stage, owner, 'demo')
    const report = reportLink((await stage.letters.to(address(tenant, 'demo'))).filter(aboutReset).at(-1))
    const reader = new Client(stage.portal, tenant)
    for (const method of ['GET', 'HEAD', 'GET']) assert.equal((await reader.ask(report, { method })).status, OPEN)
    assert.equal((await reader.ask(link)).status, OPEN, 'looking ends nothing')
    assert.equal((await reader.send(report, {})).status, OPEN)
    assert.equal((await reader.ask(link)).status, DEAD)
    await owner.pass('demo', password)
  })

  test(`${tenant}: under a notice it locks the account until a mailed link unlocks it`, async t => {
    const { stage, owner, password } = await Situation.of(t, tenant)
    const link = await mailedLink(stage, owner, 'demo')
    const notice = (await stage.letters.to(address(tenant, 'demo'))).filter(aboutAnythingElse).at(-1)
    const reader = new Client(stage.portal, tenant)
    for (let n = 0; n < 50; n++) assert.equal((await reader.ask(reportLink(notice))).status, OPEN)
    const [, page] = (await reader.ask(reportLink(notice))).text.match(/<main(.*)<\/main>/s)
    if (help) assert.match(page, new RegExp(`href="mailto:${help}"`), 'who to tell of an app that is not yours')
    const stranger = new Client(stage.portal, tenant)
    await stranger.pass('demo', password)
    assert.equal((await reader.send(reportLink(notice), {})).status, OPEN)
    // The password, the link and the sign-in half-way are over.
    assert.notEqual((await owner.password('demo', password)).status, CHANGED)
    assert.equal((await owner.ask(link)).status, DEAD)
    assert.match((await stranger.ask('second-factor')).headers.location[0], /sign-in\?notice=over$/)
    assert.equal((await reader.send(reportLink(notice), {})).status, DEAD, 'a second press')
    // And the owner comes back as anybody who has forgotten the password does.
    if (host.movesClock) await stage.anotherDay()
    const fresh = freshPassword()
    await owner.reset(await mailedLink(stage, owner, 'demo'), fresh)
    await owner.pass('demo', fresh)
  })
}

test('a report needs the form of its page, its own tenant, and every letter of the link', async t => {
  const { stage, owner, password } = await Situation.of(t, oneTenant)
  const report = reportLink((await stage.letters.to(address(oneTenant, 'demo'))).filter(aboutAnythingElse).at(-1))
  const stranger = new Client(stage.portal, oneTenant)
  await stranger.ask('sign-in')
  stranger.csrf = 'x'
  assert.equal((await stranger.send(report, {})).status, FORBIDDEN)
  const reader = new Client(stage.portal, oneTenant)
  const [handle, token] = new URL(report).pathname.split('/').slice(-2)
  const swap = letter => (letter === 'A' ? 'B' : 'A')
  for (const other of Object.keys(tenants).filter(name => name !== oneTenant)) {
    const elsewhere = new Client(stage.portal, other)
    assert.equal((await elsewhere.send(`not-me/${handle}/${token}`, {})).status, DEAD)
  }
  for (const [odd, odder] of [
    [swap(handle[0]) + handle.slice(1), token], [handle, token.slice(0, -1) + swap(token.at(-1))], [handle, handle],
    [token, token], [`${handle}A`, token], [handle, `${token}A`], [handle.slice(1), token], ['%00', token],
  ]) {
    for (const answer of [await reader.ask(`not-me/${odd}/${odder}`), await reader.send(`not-me/${odd}/${odder}`, {})]) {
      assert.equal(answer.status, DEAD, `${odd}/${odder}: ${textOf(answer)}`)
    }
  }
  await owner.pass('demo', password)
  assert.equal((await reader.send(report, {})).status, OPEN, 'the control')
})

/** A portal, and a person with a password and the notice that it was set. */
class Situation {
  static async of(t, tenant) {
    const stage = await Stage.open(t, { browser: false })
    const owner = new Client(stage.portal, tenant)
    const password = freshPassword()
    await owner.reset(await mailedLink(stage, owner, 'demo'), password)
    await stage.letters.next(address(tenant, 'demo'), aboutAnythingElse)
    return { stage, owner, password }
  }
}
