// The ten steps of the user guide: every tenant, with and without JavaScript, on a phone and on a desktop.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exchange } from './lib/http.mjs'
import * as flow from './lib/flow.mjs'
import { aboutReset, aboutSetUp, resetLink } from './lib/mail.mjs'
import { Stage, story } from './lib/stage.mjs'
import { codeAt, strayCode } from './lib/totp.mjs'
import { address, GOOD, GUEST, tenants, words } from './lib/words.mjs'

const GMAIL_CLIPS_AT = 102 * 1024
const WAYS = [
  { login: 'extra1', js: true, size: 'desktop' },
  { login: 'extra2', js: true, size: 'phone' },
  { login: 'extra3', js: false, size: 'desktop' },
  { login: 'extra4', js: false, size: 'phone' },
]

for (const tenant of Object.keys(tenants)) {
  test(`${tenant}: the guide's flow`, async t => {
    const stage = await Stage.open(t)
    for (const { login, js, size } of WAYS) {
      await t.test(`JavaScript ${js ? 'on' : 'off'}, ${size}`, tt => follow(tt, stage, { tenant, login, js, size }))
    }
    if (GUEST) await t.test('an account in the other language', tt => followGuest(tt, stage, tenant))
    if (tenants[tenant].mailed) await t.test('"new code" again and again', () => askTooOften(stage, tenant, 'extra5'))
  })
}

const STORES = ['apps.apple.com', 'play.google.com']

async function follow(t, stage, { tenant, login, js, size }) {
  const step = story(t, stage)
  const { letters, clock } = stage
  const to = address(tenant, login)
  const mailed = tenants[tenant].mailed
  const browser = { js, size, scale: size === 'phone' ? 2 : 1 }
  const v = await stage.visitor(tenant, browser)
  let link
  let setUp

  await step('1 the sign-in page offers "forgot password"', async () => {
    await flow.chooseForgot(v)
    await v.expectWholePage()
  })

  await step('2 the user name is answered with a notice', async () => {
    await flow.sendUserName(v, login)
    await v.expectWholePage()
  })

  await step('3 the mail has a link that a scanner may open first', async () => {
    const mail = await letters.next(to, aboutReset)
    await expectGoodMail(mail, stage, tenant, tenants[tenant].lang)
    assert.match(mail.subject, v.words.resetSubject)
    assert.match(mail.text, v.words.validity, 'the mail says how long the link lasts')
    assert.match(mail.htmlText, v.words.validity)
    link = resetLink(mail)
    assert.ok(link.startsWith(stage.portal.address(tenant)), link)
    assert.ok(mail.links.includes(link), 'the same link in both parts')
    for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) {
      const scanned = await exchange(link, { method })
      assert.ok(scanned.status < 400, `${method} of the link: ${scanned.status}`)
    }
  })

  await step('4 the reset page explains a refusal and takes a good password', async () => {
    await flow.openReset(v, link)
    await v.expectWholePage()
    if (js) await expectLiveList(v)
    await flow.save(v, 'kort')
    await v.expectSeen(v.alert, 'the reason of the refusal')
    assert.ok(v.status >= 400 && v.status < 500, `status ${v.status} of a refusal`)
    assert.equal(await v.field(v.words.newPassword).inputValue(), '', 'the refused password is not sent back')
    await flow.save(v, GOOD[0])
  })

  await step('5 back on the sign-in page, nobody is signed in, the link is dead', async () => {
    await flow.expectSignInPage(v)
    await flow.visit(v, flow.HOME)
    await flow.expectSignInPage(v)
    assert.ok((await exchange(link)).status >= 400, 'the link is dead')
    await flow.passPassword(v, login, GOOD[0])
  })

  await step('6 the authenticator app is offered', async () => {
    await v.expectWholePage()
    await flow.chooseApp(v)
    await v.expectWholePage()
  })

  await step(`7 the QR code and the set-up code come ${mailed ? 'by mail' : 'on the screen'}`, async () => {
    if (mailed) {
      const mail = await letters.next(to, aboutSetUp)
      await expectGoodMail(mail, stage, tenant, tenants[tenant].lang)
      expectQrInMail(mail)
      setUp = await flow.setUpInMail(mail)
      assert.ok(mail.text.includes(setUp.account), `the account name ${setUp.account} in the text`)
      assert.ok(mail.htmlText.includes(setUp.account), 'and in the HTML')
    } else {
      setUp = await flow.setUpOnScreen(v, stage.picture(`set-up-${login}`))
      assert.ok((await v.text()).includes(setUp.account), 'the account name on the page')
    }
    assert.equal(setUp.typed, setUp.secret, 'typing and scanning give the same')
    assert.equal(setUp.issuer, setUp.prefix, 'issuer and prefix of the label')
  })

  await step('8 what was scanned stays valid when it is asked for again', async () => {
    if (mailed) {
      await v.press(v.button(v.words.newCode))
      await v.expectSeen(v.field(v.words.code))
      const again = await flow.setUpInMail(await letters.next(to, aboutSetUp, 1))
      assert.equal(again.secret, setUp.secret)
    } else {
      await v.page.reload()
      const again = await flow.setUpOnScreen(v, stage.picture(`set-up-again-${login}`))
      assert.equal(again.secret, setUp.secret)
      for (const mail of await letters.to(to)) {
        assert.ok(!mail.text.replace(/[\s-]/g, '').includes(setUp.secret), 'this tenant mails no secret')
        assert.equal(mail.images.length, 0)
      }
    }
  })

  await step('9 only a right code activates, and the person is signed in', async () => {
    await flow.typeCode(v, await strayCode(setUp.secret, clock.now))
    await v.expectSeen(v.alert, 'the refusal of a wrong code')
    await v.expectSeen(v.field(v.words.code))
    await flow.finishSetUp(v, setUp.secret)
    await v.expectWholePage()
  })

  await step('10 next time the used code is refused and the next one accepted', async () => {
    const later = await stage.visitor(tenant, browser)
    await flow.passPassword(later, login, GOOD[0])
    await flow.chooseApp(later)
    await later.expectWholePage()
    await flow.typeCode(later, await codeAt(setUp.secret, clock.now))
    await later.expectSeen(later.alert.filter({ hasText: later.words.waitForNext }), 'the advice to wait for the next code')
    await clock.nextCode()
    await flow.typeCode(later, await codeAt(setUp.secret, clock.now))
    await flow.expectHome(later)
    await later.close()
  })

  await v.close()
}

/** The browser asks for the tenant's language; mail and the pages after the password follow the account. */
async function followGuest(t, stage, tenant) {
  const step = story(t, stage)
  const to = address(tenant, GUEST)
  const other = tenants[tenant].lang === 'nl' ? 'en' : 'nl'
  const v = await stage.visitor(tenant)
  await step('mail and pages are in the language of the account', async () => {
    const { mail, link } = await flow.askForReset(v, GUEST)
    assert.equal(mail.htmlLang, other)
    assert.match(mail.subject, words[other].resetSubject)
    await v.go(link)
    // The page may already know whose link it is; either language is right here, but it must be one of the two.
    v.speak(await v.page.locator('html').getAttribute('lang'))
    await flow.save(v, GOOD[0])
    v.speak(tenants[tenant].lang)
    await flow.expectSignInPage(v)
    await flow.passPassword(v, GUEST, GOOD[0])
    await v.expectWholePage()
    const { secret } = await flow.beginSetUp(v, GUEST)
    for (const letter of await stage.letters.to(to)) assert.equal(letter.htmlLang, other, letter.subject)
    await flow.finishSetUp(v, secret)
    await v.expectWholePage()
  })
  await v.close()
}

/** Sent again, but not without end; and what was scanned first stays valid all the while. */
async function askTooOften(stage, tenant, login) {
  const presses = 8
  const sent = () => stage.letters.count(address(tenant, login), aboutSetUp)
  const v = await stage.visitor(tenant)
  await flow.resetPassword(v, login, GOOD[0])
  await flow.passPassword(v, login, GOOD[0])
  const { secret } = await flow.beginSetUp(v, login)
  for (let i = 0; i < presses; i++) {
    await v.press(v.button(v.words.newCode))
    await v.expectSeen(v.field(v.words.code))
    assert.ok(v.status === 200 || v.status === 429, `status ${v.status}`)
  }
  // Some minutes later it is sent once more, and that mail comes after all those that were sent before it.
  stage.clock.advance(600)
  const before = await sent()
  assert.ok(before <= presses, `${before} mails for ${presses} presses`)
  await v.press(v.button(v.words.newCode))
  const last = await stage.letters.next(address(tenant, login), aboutSetUp, before)
  assert.equal((await flow.setUpInMail(last)).secret, secret)
  assert.ok((await sent()) <= presses, 'fewer mails than presses')
  await flow.finishSetUp(v, secret)
  await v.close()
}

/** With JavaScript each requirement changes while the password grows. */
async function expectLiveList(v) {
  const before = await flow.verdicts(v)
  await v.field(v.words.newPassword).pressSequentially(GOOD[0])
  const after = await flow.verdicts(v)
  assert.notDeepEqual(after, before, 'typing changes the list')
  for (const [rule, met] of Object.entries(after)) assert.notEqual(met, 'false', `${rule} of a good password`)
  await v.field(v.words.newPassword).fill('')
}

/** What every mail of the portal is, whatever it says. */
async function expectGoodMail(mail, stage, tenant, lang) {
  assert.deepEqual(mail.defects, [])
  assert.ok(mail.longestLine <= mail.lineLimit, `a line of ${mail.longestLine} octets`)
  assert.ok(mail.bytes < GMAIL_CLIPS_AT, `${mail.bytes} octets`)
  assert.equal(mail.htmlLang, lang)
  assert.ok(mail.text.trim() && mail.htmlText.trim(), 'a text and an HTML part')
  assert.equal(mail.to.length, 1)
  const names = mail.headers.map(([name]) => name.toLowerCase())
  for (const name of ['date', 'message-id', 'from', 'to', 'subject', 'mime-version']) {
    assert.equal(names.filter(n => n === name).length, 1, `one ${name} header`)
  }
  for (const tag of ['script', 'form', 'iframe', 'link', 'object']) assert.ok(!mail.htmlTags.includes(tag), tag)
  for (const link of [...mail.links, ...mail.textLinks]) {
    const scheme = new URL(link).protocol
    // Links in mail come from --public-url; a support contact may be a mail address, and an app is in a store.
    const known = link.startsWith(stage.portal.address(tenant)) || scheme === 'mailto:' || STORES.includes(new URL(link).host)
    assert.ok(known, `a foreign link: ${link}`)
  }
}

/** The QR code: an image inside the mail for the HTML part, and the same as a table for blocked images. */
function expectQrInMail(mail) {
  const [type, parts] = mail.shape
  assert.equal(type, 'multipart/alternative')
  assert.deepEqual(parts, ['text/plain', ['multipart/related', ['text/html', 'image/png']]])
  const [image] = mail.images
  assert.equal(image.disposition, 'inline')
  assert.deepEqual(mail.htmlImages.map(({ src }) => src), [`cid:${image.contentId}`])
  assert.equal(mail.htmlImages[0].alt, '', 'the image covers the table, which has the text')
  assert.match(mail.html, /<table role="img" aria-label="[^"]+"/)
  assert.ok(mail.htmlTags.includes('table'))
}
