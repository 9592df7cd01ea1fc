// A walk past every page of the portal, error states included; `look` is called at each stop.
import assert from 'node:assert/strict'
import * as flow from './flow.mjs'
import { host } from './hosts.mjs'
import { aboutAnythingElse, aboutReset, aboutSetUp, reportLink, resetLink } from './mail.mjs'
import { blockImages, MAILBOX, openMail } from './mailbox.mjs'
import { addApp, buttonOf, expectList, give, LIST, openList, QUARTER, STEP_UP, stepUp, visitRemoval } from './managing.mjs'
import { codeAt, strayCode } from './totp.mjs'
import { accountLang, address, GOOD, tenants } from './words.mjs'

/** `login` is somebody without a password yet; a service with a mailbox keeps the mail there (no SMTP). */
export async function tour(stage, tenant, { login, lang }, look) {
  assert.equal(accountLang(tenant, login), lang, 'one language for the whole walk')
  const { clock, letters } = stage
  const to = address(tenant, login)
  const v = await stage.visitor(tenant, { lang })
  const stop = async (name, status) => {
    if (status) assert.equal(v.status, status, `status of ${name}`)
    await look(v, name)
  }

  // Before the second factor.
  if (!host.ownHome) {
    await v.go('/')
    await stop('tenants', 200)
  }
  await flow.visit(v, flow.SIGN_IN)
  await stop('sign-in', 200)
  await flow.signIn(v, login, 'Niet.Het_Goede-9')
  await v.expectSeen(v.alert, 'the refusal of a wrong password')
  await stop('sign-in-refused')
  await flow.chooseForgot(v)
  await stop('forgot', 200)
  await v.unchecked()
  await v.press(v.button(v.words.send))
  await v.expectSeen(v.alert, 'the refusal of an empty user name')
  await stop('forgot-empty', 422)
  await flow.sendUserName(v, login)
  await stop('forgot-sent', 200)
  const resetMail = await letters.next(to, aboutReset)
  const link = resetLink(resetMail)
  await flow.openReset(v, link)
  await stop('reset', 200)
  await v.field(v.words.newPassword).fill('Kort1')
  await stop('reset-typing')
  await v.page.locator('details.suggestion summary').click()
  await stop('reset-suggestion')
  await flow.save(v, 'kort')
  await stop('reset-refused', 422)
  await flow.save(v, GOOD[0])
  await flow.expectSignInPage(v)
  await stop('sign-in-after-reset', 200)
  await v.go(link)
  await stop('reset-dead')

  // Setting up the second factor.
  await flow.passPassword(v, login, GOOD[0])
  await stop('factor-first-time', 200)
  const { secret } = await flow.beginSetUp(v, login)
  await stop('set-up', 200)
  await flow.typeCode(v, await strayCode(secret, clock.now))
  await v.expectSeen(v.alert)
  await stop('set-up-refused')
  if (tenants[tenant].mailed) {
    await v.press(v.button(v.words.newCode))
    await stop('set-up-sent-again')
  }
  await flow.typeCode(v, await codeAt(secret, clock.now))
  let recoveryCodes = await flow.shownRecoveryCodes(v)
  await stop('recovery-codes', 200)
  await flow.leaveRecoveryCodes(v)
  await stop('home', 200)
  recoveryCodes = await manage(v, secret, stop)
  await flow.visit(v, flow.HOME)
  await v.press(v.link(v.words.change))
  await stop('change', 200)
  await v.field(v.words.currentPassword).fill(GOOD[0])
  await flow.save(v, 'kort')
  await stop('change-refused', 422)
  await flow.visit(v, flow.HOME)
  await flow.signOut(v)
  await stop('signed-out')

  // The next sign-in, with a code that the one before has just used.
  await flow.signInAgain(v, login, GOOD[0], secret)
  await flow.signOut(v)
  await flow.passPassword(v, login, GOOD[0])
  await stop('factor', 200)
  await flow.chooseApp(v)
  await stop('verify', 200)
  await flow.typeCode(v, await codeAt(secret, clock.now))
  await v.expectSeen(v.alert.filter({ hasText: v.words.waitForNext }))
  await stop('verify-used-code')
  await flow.typeCode(v, await strayCode(secret, clock.now))
  await v.expectSeen(v.alert)
  await stop('verify-refused')
  await flow.visit(v, 'second-factor/clock')
  await stop('clock', 200)
  await v.press(v.button(v.words.signIn))
  await v.expectSeen(v.alert)
  await stop('clock-refused', 422)
  await flow.visit(v, 'second-factor/verify')
  await flow.chooseRecovery(v)
  await stop('recovery', 200)
  await flow.typeRecoveryCode(v, '0000-0000-0000-0000')
  await v.expectSeen(v.alert)
  await stop('recovery-refused')
  await flow.typeRecoveryCode(v, recoveryCodes[0])
  await flow.expectHome(v)

  // Pages of refusal.
  await flow.visit(v, 'geen-pagina')
  await stop('not-found', 404)
  // Where the path names no tenant, it is one more page that is not there.
  await v.go('/nergens/')
  await stop('unknown-tenant', 404)
  const stranger = await stage.visitor(tenant, { lang })
  await flow.visit(stranger, flow.FORGOT)
  await stranger.context.clearCookies()
  await stranger.field(stranger.words.userName).fill(login)
  await stranger.press(stranger.button(stranger.words.send))
  assert.equal(stranger.status, 403)
  await look(stranger, 'forbidden')
  await stranger.close()

  const notice = await letters.next(to, aboutAnythingElse)
  if (host.hasMailbox) await seeMailbox(v, { resetMail, notice }, stop)

  // "This was not me", from a mail with a link and from a notice.
  const report = reportLink((await flow.askForReset(v, login)).mail)
  await v.go(report)
  await stop('not-me-links', 200)
  await v.press(v.button(v.words.stopLinks))
  await stop('not-me-links-done', 200)
  const latest = (await letters.to(to)).filter(aboutAnythingElse).at(-1)
  await v.go(reportLink(latest))
  await stop('not-me-account', 200)
  await v.press(v.button(v.words.lockAccount))
  await stop('not-me-account-done', 200)
  await v.go(reportLink(latest))
  await stop('not-me-dead', 410)
  return v
}

/** The portal's own mailbox, with each kind of mail. */
async function seeMailbox(v, { resetMail, notice }, stop) {
  await v.go(MAILBOX)
  await stop('mailbox', 200)
  await openMail(v, resetMail.subject)
  await stop('mail-reset', 200)
  if (tenants[v.tenant].mailed) {
    const [to] = resetMail.to
    const setUpMail = await v.stage.letters.next(to, aboutSetUp)
    await openMail(v, setUpMail.subject)
    await stop('mail-set-up', 200)
    await blockImages(v)
    await stop('mail-set-up-images-blocked', 200)
  }
  await openMail(v, notice.subject)
  await stop('mail-notice', 200)
}

/** As long as a name can be, and without a blank. */
const LONG = 'Werktelefoon'.padEnd(64, '-Werktelefoon')

/** What a signed-in person can do with the second factor; ends with the one authenticator of the beginning and new recovery codes. */
async function manage(v, secret, stop) {
  const { clock } = v.stage
  const { words } = v
  await openList(v)
  await stop('authenticators', 200)
  await visitRemoval(v, words.app)
  await stop('authenticator-remove-last', 200)
  await v.press(v.button(words.replace))
  await stop('authenticator-replace', 200)
  await v.press(v.link(words.cancel))
  await v.press(buttonOf(v, words.app, words.rename))
  await stop('authenticator-rename', 200)
  await v.field(words.name).fill(' ')
  await v.press(v.button(words.save))
  await stop('authenticator-rename-refused', 422)
  await openList(v)

  await v.press(v.button(words.addApp))
  await stop('authenticator-add', 200)
  await give(v, { name: 'x'.repeat(65), code: '000000', button: words.add })
  await stop('authenticator-add-refused', 422)
  await openList(v)
  await addApp(v, 'Tablet')
  await stop('authenticators-added', 200)
  for (const name of [LONG, '4', '5']) await addApp(v, name)
  await flow.visit(v, LIST)
  await stop('authenticators-full', 200)
  for (const name of ['5', '4', LONG, 'Tablet']) {
    await v.press(buttonOf(v, name, words.remove))
    if (name === LONG) await stop('authenticator-remove', 200)
    await v.press(v.button(words.remove))
    await expectList(v)
  }
  await stop('authenticators-removed', 200)

  if (host.movesClock) clock.advance(QUARTER)
  await flow.visit(v, STEP_UP)
  await stop('step-up', 200)
  await v.field(words.password).fill('Niet.Het_Goede-9')
  await v.press(v.button(words.goOn))
  await stop('step-up-refused', 422)
  await v.field(words.password).fill(GOOD[0])
  await v.press(v.button(words.goOn))
  await stop('step-up-code', 200)
  await flow.visit(v, LIST)
  await v.press(v.button(words.newCodes))
  if (host.movesClock) await stepUp(v, GOOD[0], secret)
  await stop('recovery-codes-renew', 200)
  await v.press(v.button(words.makeCodes))
  const codes = await flow.shownRecoveryCodes(v)
  assert.equal(codes.length, 10)
  await stop('recovery-codes-renewed', 200)
  return codes
}
