// Two portals on one database behind a proxy: each request on another node, a node killed, the database restarted.
// Needs servers: .ci/servers start postgres mariadb redis haproxy && eval "$(.ci/servers env)"
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { accessibilityFaults, SIZES } from './lib/browser.mjs'
import * as flow from './lib/flow.mjs'
import { exchange } from './lib/http.mjs'
import { aboutReset, resetLink } from './lib/mail.mjs'
import { imagesShown, MAILBOX, openMail } from './lib/mailbox.mjs'
import { Nodes } from './lib/nodes.mjs'
import { keep } from './lib/pictures.mjs'
import { BIN, portalEnv } from './lib/portal.mjs'
import { eventually, run } from './lib/process.mjs'
import { newDatabase, server, serverUrl } from './lib/servers.mjs'
import { SHOTS, Stage, story } from './lib/stage.mjs'
import { codeAt } from './lib/totp.mjs'
import { address, GOOD, words } from './lib/words.mjs'

const RULES = fileURLToPath(new URL('../policies/noord.toml', import.meta.url))
const AWAY = { nl: 'We kunnen even niet bij onze gegevens', en: 'We cannot reach our data right now' }
const AGAIN = { nl: 'Opnieuw proberen', en: 'Try again' }
const SET_UP_SUBJECT = 'Stel je authenticator-app in'
const OPEN_AGAIN = { nl: 'Formulier opnieuw openen', en: 'Open the form again' }

const openStage = (t, databaseUrl, more) =>
  Stage.open(t, { smtp: false, makePortal: options => new Nodes(options, databaseUrl, more) })

/** Ends the database as a crash would, and waits until every portal has noticed. */
async function crash(stage, name) {
  await server('kill', name)
  await stage.portal.readiness(503, 'database: away')
}

async function restart(stage, name) {
  await server('restart', name)
  await stage.portal.readiness(200, 'ready')
}

async function expectAway(v) {
  const { lang } = v.words
  assert.equal(v.status, 503)
  assert.ok(Number(v.document.headers()['retry-after']) > 0, 'Retry-After')
  assert.ok((await v.text()).includes(AWAY[lang]), await v.text())
  await v.expectWholePage()
}

/** The image of a mail is in another table than the mail. */
async function expectQrInMailbox(v) {
  await openMail(v, SET_UP_SUBJECT)
  await eventually(async () => (await imagesShown(v)).length > 0, 'the QR code in the mailbox')
}

/** What one page says and how it looks, on both widths. */
async function look(v, name) {
  mkdirSync(SHOTS, { recursive: true })
  for (const [size, viewport] of Object.entries(SIZES)) {
    await v.page.setViewportSize(viewport)
    assert.deepEqual(await accessibilityFaults(v.page), [])
    const wider = await v.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(wider <= 0, `${name} is ${wider} px too wide for a ${size}`)
    const path = join(SHOTS, `${v.tenant}-${size}-${name}.png`)
    await v.page.screenshot({ path, fullPage: true, animations: 'disabled' })
  }
  await v.page.setViewportSize(SIZES.desktop)
}

test('two portals on PostgreSQL and Redis', async t => {
  t.after(() => server('restart', 'postgres'))
  const databaseUrl = await newDatabase('postgres', 'slotwerk_portal')
  const stage = await openStage(t, databaseUrl, ['--redis-url', serverUrl('redis')])
  const nodes = stage.portal
  const { letters, clock } = stage
  const step = story(t, stage)
  const to = address('noord', 'extra1')
  const v = await nodes.pagesOnly(await stage.visitor('noord'))
  let setUp
  let killed
  let turns = 0

  await step('the user name stays when the database is away', async () => {
    await flow.chooseForgot(v)
    await v.field(v.words.userName).fill('extra1')
    // The first request that finds it away.
    await server('kill', 'postgres')
    await v.press(v.button(v.words.send))
    await expectAway(v)
    assert.equal(await v.field(v.words.userName).inputValue(), 'extra1')
    await look(v, 'forgot-away')
    await stage.portal.readiness(503, 'database: away')
    await v.press(v.button(v.words.send))
    await expectAway(v)
    assert.equal(await v.field(v.words.userName).inputValue(), 'extra1', 'a later request')
    await restart(stage, 'postgres')
    await v.press(v.button(v.words.send))
    await v.expectSeen(v.notice.filter({ hasText: v.words.sent }))
  })

  await step('each step is on another node', async () => {
    const link = resetLink(await letters.next(to, aboutReset))
    await flow.openReset(v, link)
    await flow.save(v, GOOD[0])
    await flow.expectSignInPage(v)
    await flow.passPassword(v, 'extra1', GOOD[0])
    setUp = await flow.beginSetUp(v, 'extra1')
    turns = v.documents.length
    nodes.expectTurns(v.documents)
  })

  await step('the flow goes on after kill -9 of a node', async () => {
    killed = nodes.of(v.document)
    await killed.kill()
    await v.page.reload()
    await v.expectSeen(v.field(v.words.code), 'the set-up on the other node')
    assert.notEqual(nodes.of(v.document), killed)
  })

  await step('a form that met a restart of the database is sent again', async () => {
    await v.field(v.words.code).fill(await codeAt(setUp.secret, clock.now))
    await crash(stage, 'postgres')
    await v.press(v.button(v.words.signIn))
    await expectAway(v)
    assert.ok(!(await v.page.content()).includes(await codeAt(setUp.secret, clock.now)), 'the code is not repeated')
    await v.expectSeen(v.link(OPEN_AGAIN.nl))
    await look(v, 'form-away')
    await restart(stage, 'postgres')
    await v.page.reload()
    assert.equal((await flow.shownRecoveryCodes(v)).length, 10)
    await flow.leaveRecoveryCodes(v)
  })

  await step('the node that comes back knows the session', async () => {
    await killed.start()
    await nodes.bothServe()
    turns = v.documents.length
    for (let n = 0; n < 6; n++) {
      await flow.visit(v, flow.HOME)
      await flow.expectHome(v)
    }
    nodes.expectTurns(v.documents.slice(turns))
    await v.close()
  })

  await step('the next sign-in is on both nodes', async () => {
    const later = await nodes.pagesOnly(await stage.visitor('noord'))
    await flow.signInAgain(later, 'extra1', GOOD[0], setUp.secret)
    nodes.expectTurns(later.documents)
    await later.close()
  })

  await step('both nodes show one mailbox', async () => {
    const reader = await nodes.pagesOnly(await stage.visitor('noord'))
    for (let n = 0; n < 2; n++) {
      await openMail(reader, reader.words.resetSubject)
      await reader.go(MAILBOX)
    }
    await expectQrInMailbox(reader)
    await reader.close()
  })

  await step('the page asks to try again in the language of the person', async () => {
    const reader = await nodes.pagesOnly(await stage.visitor('zuid'))
    await reader.go('/zuid/sign-in?notice=over')
    await crash(stage, 'postgres')
    await reader.page.reload()
    await expectAway(reader)
    await look(reader, 'away')
    await restart(stage, 'postgres')
    await reader.press(reader.link(AGAIN.en))
    await flow.expectSignInPage(reader)
    assert.match(reader.page.url(), /\/zuid\/sign-in\?notice=over$/)
    await reader.close()
    keep(['noord-phone-form-away', 'zuid-desktop-away'])
  })

  await step('a tenant that is added once works on both nodes', async () => {
    for (const node of nodes.all) assert.equal((await exchange(`${node.url}/west/sign-in`)).status, 404)
    const added = await run(BIN, ['--database-url', databaseUrl, 'add-tenant', 'west', '--name', 'Arbodienst West',
      '--rules', RULES], { env: portalEnv() })
    assert.equal(added.code, 0, added.stderr)
    for (const node of nodes.all) {
      assert.equal((await exchange(`${node.url}/west/sign-in`)).status, 200)
      assert.match((await exchange(`${node.url}/`)).text, /Arbodienst West/)
    }
    const page = await nodes.pagesOnly(await stage.visitor('noord'))
    page.tenant = 'west'
    await flow.resetPassword(page, 'extra1', GOOD[0])
    await flow.signIn(page, 'extra1', GOOD[0])
    await page.expectSeen(page.button(words.nl.app), 'the choice of the authenticator app')
    nodes.expectTurns(page.documents)
    await look(page, 'added-factor')
    await page.close()
  })
})

test('two portals on MariaDB', async t => {
  t.after(() => server('restart', 'mariadb'))
  const databaseUrl = await newDatabase('mariadb', 'slotwerk_portal')
  const stage = await openStage(t, databaseUrl)
  const nodes = stage.portal
  const step = story(t, stage)
  const v = await nodes.pagesOnly(await stage.visitor('noord'))
  let person

  await step('the flow, with each request on another node', async () => {
    person = await flow.become(v, 'extra1', GOOD[0])
    nodes.expectTurns(v.documents)
  })

  await step('nothing is lost with a restart of the database', async () => {
    await crash(stage, 'mariadb')
    await v.page.reload()
    await expectAway(v)
    await restart(stage, 'mariadb')
    await v.press(v.link(AGAIN.nl))
    await flow.expectHome(v)
    await v.close()
    const later = await nodes.pagesOnly(await stage.visitor('noord'))
    await flow.signInAgain(later, 'extra1', GOOD[0], person.secret)
    await expectQrInMailbox(later)
    await later.close()
  })
})

test('a node with another key file does not start', async t => {
  const databaseUrl = await newDatabase('postgres', 'slotwerk_portal_keys')
  const start = async keys => {
    const args = ['--listen', '127.0.0.1:0', '--database-url', databaseUrl, '--keys', keys, '--smtp-url', 'nowhere']
    const { code, stderr } = await run(BIN, args, { env: portalEnv() })
    assert.notEqual(code, 0)
    return stderr
  }
  const stage = await Stage.open(t, { smtp: false, browser: false })
  const keys = name => join(stage.dir, name)
  // The first start takes the database for its own, and ends for want of a mail server.
  assert.match(await start(keys('first')), /--smtp-url/)
  writeFileSync(keys('second'), '1 active ERERERERERERERERERERERERERERERERERERERERERE\n', { mode: 0o600 })
  assert.match(await start(keys('second')), /key 1 is not the one that this database was used with/)
})
