// The steps of the user guide, each as one function. `v` is a visitor; controls are found by role and name.
import assert from 'node:assert/strict'
import { host } from './hosts.mjs'
import { aboutReset, aboutSetUp, resetLink } from './mail.mjs'
import { qrText } from './qr.mjs'
import { codeAt, groupedSecret, readOtpauth } from './totp.mjs'
import { accountLang, address, tenants } from './words.mjs'

// Where a visit begins. Every other address is reached by following links, buttons and mail.
export const SIGN_IN = 'sign-in'
export const FORGOT = 'forgot'
export const HOME = host.account

/** Whether the sign-in page has led home, as it does for a signed-in person. */
async function isHome(v) {
  const account = v.page.locator('form[action$="/sign-out"]')
  const home = host.ownHome ? account.or(v.heading(host.ownHome)) : account
  return await home.count() > 0
}

export const visit = (v, page) => v.go(v.portal.address(v.tenant, page))

/** Step 1: from the sign-in page to the page that asks for the user name. */
export async function chooseForgot(v) {
  await visit(v, SIGN_IN)
  if (await isHome(v)) await visit(v, FORGOT)
  else await v.press(v.link(v.words.forgot))
  await v.expectSeen(v.field(v.words.userName), 'the field for the user name')
}

/** Step 2: the user name, and the notice that comes whoever asks. */
export async function sendUserName(v, login) {
  await v.field(v.words.userName).fill(login)
  await v.press(v.button(v.words.send))
  await v.expectSeen(v.notice.filter({ hasText: v.words.sent }), 'the notice that a mail was sent')
}

/** Steps 1 and 2, and the mail of step 3: the address of the reset page. */
export async function askForReset(v, login) {
  const to = address(v.tenant, login)
  const seen = await v.stage.letters.count(to, aboutReset)
  await chooseForgot(v)
  await sendUserName(v, login)
  const mail = await v.stage.letters.next(to, aboutReset, seen)
  return { mail, link: resetLink(mail) }
}

/** Step 4: the tenant's requirements and the field. */
export async function openReset(v, link) {
  await v.go(link)
  await v.expectSeen(v.field(v.words.newPassword), 'the field for the new password')
  await v.expectSeen(requirements(v), 'the list of requirements')
}

export const requirements = v => v.page.getByRole('list', { name: v.words.requirements, exact: true })

export async function save(v, password) {
  await v.field(v.words.newPassword).fill(password)
  return v.press(v.button(v.words.save))
}

export async function expectSignInPage(v) {
  await v.expectSeen(v.field(v.words.userName), 'the user name of the sign-in page')
  await v.expectSeen(v.field(v.words.password), 'the password of the sign-in page')
  await v.expectSeen(v.button(v.words.signIn), 'the button of the sign-in page')
}

/** Steps 1 to 5 up to the sign-in page. */
export async function resetPassword(v, login, password) {
  const { link } = await askForReset(v, login)
  await openReset(v, link)
  await save(v, password)
  await expectSignInPage(v)
  return link
}

/** Step 5: user name and password; a right pair leads on to the second factor. */
export async function signIn(v, login, password) {
  await visit(v, SIGN_IN)
  if (await isHome(v)) await signOut(v)
  await v.field(v.words.userName).fill(login)
  await v.field(v.words.password).fill(password)
  await v.press(v.button(v.words.signIn))
}

export async function passPassword(v, login, password) {
  await signIn(v, login, password)
  // From here on the account's own language counts.
  v.speak(accountLang(v.tenant, login))
  await v.expectSeen(v.button(v.words.app), 'the choice of the authenticator app')
}

/** Step 6 and step 10: the authenticator app, and the page that asks for a code. */
export async function chooseApp(v) {
  await v.press(v.button(v.words.app))
  await v.expectSeen(v.field(v.words.code), 'the field for the code')
}

export async function typeCode(v, code) {
  await v.field(v.words.code).fill(code)
  return v.press(v.button(v.words.signIn))
}

/** What the QR code on the screen says, and the code for typing beside it. */
export async function setUpOnScreen(v, picture) {
  await v.page.screenshot({ path: picture, fullPage: true })
  const uri = readOtpauth(await qrText(picture))
  return { ...uri, typed: groupedSecret(await v.text()) }
}

/** What the QR image in a mail says, and the code for typing in its text. */
export async function setUpInMail(mail) {
  assert.equal(mail.images.length, 1, 'one image in the mail')
  const uri = readOtpauth(await qrText(mail.images[0].file))
  return { ...uri, typed: groupedSecret(mail.text) }
}

/** Steps 6 and 7 the way this tenant does it: the material that the person scans. */
export async function beginSetUp(v, login) {
  const to = address(v.tenant, login)
  const seen = await v.stage.letters.count(to, aboutSetUp)
  await chooseApp(v)
  if (!tenants[v.tenant].mailed) return setUpOnScreen(v, v.stage.picture(`set-up-${v.tenant}-${login}`))
  return setUpInMail(await v.stage.letters.next(to, aboutSetUp, seen))
}

/** The recovery codes on show, in their order; none on any page but the one after enrolment. */
export async function shownRecoveryCodes(v) {
  const found = (await v.text()).match(/(?<![0-9A-Z-])[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}(?![0-9A-Z-])/g)
  return [...new Set(found ?? [])]
}

/** Step 9: the first right code, the recovery codes, and on to the home page. */
export async function finishSetUp(v, secret) {
  await typeCode(v, await codeAt(secret, v.stage.clock.now))
  const codes = await shownRecoveryCodes(v)
  assert.equal(codes.length, 10, `ten recovery codes on ${v.page.url()}:\n${await v.text()}`)
  await leaveRecoveryCodes(v)
  return codes
}

/** From the recovery codes to the home page. */
export async function leaveRecoveryCodes(v) {
  await v.page.getByRole('checkbox', { name: v.words.saved, exact: true }).check()
  await v.press(v.button(v.words.goOn))
  await expectHome(v)
}

/** The page of the account. A service that has a page of its own after the sign-in shows that first. */
export async function expectHome(v) {
  const account = v.heading(v.words.signedIn)
  if (!host.ownHome) return v.expectSeen(account, 'the home page')
  const own = v.heading(host.ownHome)
  await v.expectSeen(account.or(own), 'the home page')
  if (await own.count() > 0) await visit(v, HOME)
  return v.expectSeen(account, 'the page of the account')
}

/** Steps 5 to 9 for a person without a second factor. */
export async function enrol(v, login, password) {
  await passPassword(v, login, password)
  const { secret } = await beginSetUp(v, login)
  const recoveryCodes = await finishSetUp(v, secret)
  return { secret, recoveryCodes }
}

/** A person who has everything: the guide's flow from beginning to end. */
export async function become(v, login, password) {
  await resetPassword(v, login, password)
  return enrol(v, login, password)
}

/** Step 10: the next code signs in. */
export async function signInAgain(v, login, password, secret) {
  await v.stage.clock.nextCode()
  await passPassword(v, login, password)
  await chooseApp(v)
  await typeCode(v, await codeAt(secret, v.stage.clock.now))
  await expectHome(v)
}

/** To the page that takes a recovery code, from the choice or from the page for the app's code. */
export async function chooseRecovery(v) {
  await v.press(v.button(v.words.useRecovery))
  await v.expectSeen(v.field(v.words.recoveryCode), 'the field for the recovery code')
}

export async function typeRecoveryCode(v, code) {
  await v.field(v.words.recoveryCode).fill(code)
  return v.press(v.button(v.words.signIn))
}

export async function signOut(v) {
  if (host.ownHome) await visit(v, HOME)
  await v.press(v.button(v.words.signOut))
}

/** What the list of all requirements says now: rule → 'true', 'false' or 'unknown'. */
export async function verdicts(v) {
  const items = await v.page.locator('#all-requirements [data-rule]').evaluateAll(found =>
    found.map(item => [item.dataset.rule, item.dataset.met]))
  assert.ok(items.length > 0, 'requirements with data-rule')
  return Object.fromEntries(items)
}
