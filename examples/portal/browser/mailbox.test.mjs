// The local mailbox: the mail as a mail program shows it, with images and without, as text and as a file.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { query } from './lib/database.mjs'
import * as flow from './lib/flow.mjs'
import { cookieHeader, exchange } from './lib/http.mjs'
import { aboutSetUp, readMail } from './lib/mail.mjs'
import { blockImages, imagesShown, MAILBOX, openMail } from './lib/mailbox.mjs'
import { qrTexts } from './lib/qr.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, readOtpauth } from './lib/totp.mjs'
import { address, GOOD } from './lib/words.mjs'

const WAYS = [
  { login: 'extra1', js: true, size: 'desktop', scale: 1 },
  { login: 'extra2', js: false, size: 'desktop', scale: 1 },
  { login: 'extra3', js: true, size: 'phone', scale: 3 },
  { login: 'extra4', js: false, size: 'phone', scale: 3 },
]

for (const { login, ...browser } of WAYS) {
  test(`the QR code with images blocked, JavaScript ${browser.js ? 'on' : 'off'}, ${browser.size}`, async t => {
    const stage = await Stage.open(t, { smtp: false })
    const v = await stage.visitor('noord', browser)
    await flow.resetPassword(v, login, GOOD[0])
    await flow.passPassword(v, login, GOOD[0])
    await flow.chooseApp(v)
    const mail = await stage.letters.next(address('noord', login), aboutSetUp)
    const scanned = await flow.setUpInMail(mail)

    const reader = await stage.visitor('noord', browser)
    await openMail(reader, mail.subject)
    await reader.expectWholePage()
    assert.equal((await imagesShown(reader)).length, 1, 'the inline image is on show')
    assert.equal(await shownSecret(reader, 'img', stage.picture('with-images')), scanned.secret)

    await blockImages(reader)
    assert.deepEqual(await imagesShown(reader), [], 'no image is on show')
    assert.equal(await shownSecret(reader, 'table[role=img]', stage.picture('blocked')), scanned.secret)

    await flow.typeCode(v, await codeAt(scanned.secret, stage.clock.now))
    assert.equal((await flow.shownRecoveryCodes(v)).length, 10)
    await reader.close()
    await v.close()
  })
}

const SCRIPT = "<script>document.documentElement.dataset.ran = 'yes'</script>"
const hasRun = async frame => (await frame.locator('html').getAttribute('data-ran')) === 'yes'

test('scripts in a mail never run', async t => {
  const stage = await Stage.open(t, { smtp: false })
  const v = await stage.visitor('noord')
  const { mail } = await flow.askForReset(v, 'demo')
  await query(stage.dir, "UPDATE portal_mailbox SET html = replace(html, '</body>', ?)", `${SCRIPT}</body>`)
  // Control: on a page that allows scripts it runs.
  const anywhere = await v.context.newPage()
  await anywhere.setContent(`<body>${SCRIPT}</body>`)
  assert.equal(await hasRun(anywhere), true, 'the script works')
  await anywhere.close()

  await openMail(v, mail.subject)
  await expectNoScripts(v)
  await blockImages(v)
  await expectNoScripts(v)
  await v.close()
})

/** The mail on show holds a script, which runs neither in its frame nor on a page of its own. */
async function expectNoScripts(v) {
  const sandbox = await v.page.locator('iframe').getAttribute('sandbox')
  assert.notEqual(sandbox, null, 'the frame has a sandbox')
  assert.ok(!sandbox.toLowerCase().split(/\s+/).includes('allow-scripts'), `no scripts in sandbox="${sandbox}"`)
  const [, frame] = v.page.frames()
  assert.equal(await frame.locator('script').count(), 1, 'the script is in the mail')
  assert.equal(await hasRun(frame), false, 'the script ran in the frame')
  // Here only the mail's own policy holds it back.
  const alone = await v.context.newPage()
  await alone.goto(frame.url())
  assert.equal(await alone.locator('script').count(), 1, 'the script is in the mail')
  assert.equal(await hasRun(alone), false, 'the script ran without the frame')
  await alone.close()
}

test('the mail as a file', async t => {
  const stage = await Stage.open(t, { smtp: false })
  const v = await stage.visitor('noord')
  const { mail } = await flow.askForReset(v, 'demo')
  await openMail(v, mail.subject)
  const file = v.page.getByRole('link', { name: /\.eml/i }).first()
  await v.expectSeen(file, 'the link to the .eml file')
  const url = new URL(await file.getAttribute('href'), v.page.url()).href
  const answer = await exchange(url, { headers: { Cookie: await cookieHeader(v.context, url) } })
  assert.equal(answer.status, 200)
  assert.match(answer.headers['content-type'][0], /^message\/rfc822/)
  assert.match(answer.headers['content-disposition'][0], /^attachment/)
  const saved = stage.picture('saved').replace(/png$/, 'eml')
  writeFileSync(saved, answer.body)
  const read = await readMail(saved, stage.dir)
  assert.equal(read.subject, mail.subject)
  assert.equal(read.text, mail.text)
  assert.deepEqual(read.defects, [])
  await v.close()
})

test('with a mail server there is no mailbox', async t => {
  const stage = await Stage.open(t, { browser: false })
  const answer = await exchange(stage.portal.url + MAILBOX)
  assert.equal(answer.status, 404)
})

/** What a phone's camera would read off this screen once this is scrolled into view. */
async function shownSecret(v, element, picture) {
  for (const frame of v.page.frames()) {
    const found = frame.locator(element).first()
    if (await found.count()) await found.scrollIntoViewIfNeeded()
  }
  await v.page.screenshot({ path: picture })
  // Image and table may both be in view; they must say the same.
  const [text, ...others] = new Set(await qrTexts(picture))
  assert.ok(text, `a QR code in ${picture}`)
  assert.deepEqual(others, [])
  return readOtpauth(text).secret
}
