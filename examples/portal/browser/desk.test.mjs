// The help desk of a tenant: its administrators, with and without a colleague's approval, and everybody else.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { accessibilityFaults } from './lib/browser.mjs'
import * as flow from './lib/flow.mjs'
import { SHOTS, Stage } from './lib/stage.mjs'
import { GOOD } from './lib/words.mjs'

const WORDS = {
  noord: {
    desk: 'Helpdesk', find: 'Zoeken', end: 'Overal uitloggen', ended: /overal uitgelogd/, reason: 'Reden', factors: 'Wie tweestapsverificatie gebruikt', trail: 'Logboek',
    rules: 'Wachtwoordregels', sample: 'Voorbeeldwachtwoord', judge: 'Controleren', weak: /voldoet niet/,
  },
  zuid: {
    desk: 'Help desk', find: 'Find', reset: 'Reset two-step verification', reason: 'Reason', link: 'Link for your colleague', approve: 'Approve and reset', done: /was reset/,
  },
}

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } }

/** A picture at both sizes, without scrolling sideways and without a fault of accessibility. */
async function look(v, name) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await v.page.setViewportSize(viewport)
    const wide = await v.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(wide <= 0, `${name} scrolls sideways at ${viewport.width}: ${wide}`)
    await v.page.screenshot({ path: join(SHOTS, `desk-${name}-${size}.png`), fullPage: true })
  }
  assert.deepEqual(await accessibilityFaults(v.page), [], name)
}

const link = (v, name) => v.page.getByRole('link', { name, exact: true })

async function find(v, words, login) {
  await v.press(link(v, words.desk))
  await v.field(v.words.userName).fill(login)
  await v.press(v.button(words.find))
  await v.expectSeen(v.heading(login), `the account of ${login}`)
}

test('noord: an administrator helps a person', async t => {
  const words = WORDS.noord
  const stage = await Stage.open(t, { smtp: false })
  const person = await stage.visitor('noord')
  await flow.become(person, 'extra1', GOOD[0])
  assert.equal(await link(person, words.desk).count(), 0, 'no link for somebody else')
  await flow.visit(person, 'desk')
  assert.equal(person.documents.at(-1).status(), 403)

  const admin = await stage.visitor('noord')
  await flow.become(admin, 'admin', GOOD[1])
  await find(admin, words, 'extra1')
  await look(admin, 'account')
  await admin.field(words.reason).fill('melding 4711')
  await admin.press(admin.button(words.end))
  await admin.expectSeen(admin.notice.filter({ hasText: words.ended }), 'the notice that the sessions ended')
  await flow.visit(person, flow.HOME)
  await flow.expectSignInPage(person)

  for (const [page, shown] of [['factors', 'extra1'], ['trail', 'melding 4711']]) {
    await admin.press(link(admin, words[page]))
    await admin.expectSeen(admin.page.getByText(shown).first(), `${shown} on the page ${page}`)
    await look(admin, page)
  }
  await admin.press(link(admin, words.rules))
  await admin.field(words.sample).fill('zon')
  await admin.press(admin.button(words.judge))
  await admin.expectSeen(admin.page.getByText(words.weak).first(), 'the verdict on the sample')
  await look(admin, 'rules')
  await admin.close()
  await person.close()
})

test('zuid: a colleague approves a reset', async t => {
  const words = WORDS.zuid
  const stage = await Stage.open(t, { smtp: false })
  const person = await stage.visitor('zuid')
  await flow.become(person, 'extra1', GOOD[0])
  const admin = await stage.visitor('zuid')
  await flow.become(admin, 'admin', GOOD[1])
  await find(admin, words, 'extra1')
  await admin.press(link(admin, words.reset))
  await look(admin, 'reset')
  await admin.field(words.reason).fill('lost phone')
  await admin.press(admin.button(words.reset))
  await look(admin, 'requested')
  const address = await link(admin, words.link).getAttribute('href')

  const colleague = await stage.visitor('zuid')
  await flow.become(colleague, 'admin2', GOOD[0])
  await colleague.page.goto(new URL(address, admin.page.url()).href)
  await look(colleague, 'approve')
  await colleague.press(colleague.button(words.approve))
  await colleague.expectSeen(colleague.notice.filter({ hasText: words.done }), 'the notice of the reset')
  await flow.passPassword(person, 'extra1', GOOD[0])
  await person.expectSeen(person.button(person.words.app), 'the set-up of a new app')
  for (const v of [admin, colleague, person]) await v.close()
})
