// What a signed-in person does with the second factor, each step as one function; and the same over HTTP.
import assert from 'node:assert/strict'
import { textOf } from './client.mjs'
import * as flow from './flow.mjs'
import { codeAt, groupedSecret } from './totp.mjs'

export const LIST = 'authenticators'
export const STEP_UP = 'step-up'
/** For how long after a sign-in the second factor may be changed, in seconds. */
export const QUARTER = 15 * 60

/** An hour in which the person uses the session now and then: without a use for half an hour it would end. */
export async function busyHour(v, clock) {
  for (let third = 0; third < 3; third++) {
    clock.advance(20 * 60)
    await flow.visit(v, flow.HOME)
  }
}

/** From the home page to the list. */
export async function openList(v) {
  await flow.visit(v, flow.HOME)
  await v.press(v.link(v.words.twoStep))
  await expectList(v)
}

export const expectList = v => v.expectSeen(v.heading(v.words.apps), 'the list of authenticators')

/** The names on the list, in their order. */
export const names = v => v.page.getByRole('list').getByRole('heading', { level: 2 }).allInnerTexts()

/** A button of the authenticator with this name. */
export const buttonOf = (v, name, button) =>
  v.page.getByRole('listitem').filter({ has: v.page.getByRole('heading', { name, exact: true }) })
    .getByRole('button', { name: button, exact: true })

/** The page that removes the authenticator with this name, by its address: the only one has no button. */
export async function visitRemoval(v, name) {
  const rename = await buttonOf(v, name, v.words.rename).evaluate(button => button.form.action)
  await v.go(rename.replace(/rename$/, 'remove'))
}

/** What the new phone scans; the page is one to add or to replace. */
export async function scan(v) {
  await v.expectSeen(v.field(v.words.name), 'the field for the name')
  return flow.setUpOnScreen(v, v.stage.picture(`scan-${v.tenant}`))
}

export async function give(v, { name, code, button }) {
  if (name !== undefined) await v.field(v.words.name).fill(name)
  await v.field(v.words.code).fill(code)
  return v.press(v.button(button))
}

/** From the list: one more authenticator with this name. */
export async function addApp(v, name) {
  await v.press(v.button(v.words.addApp))
  const { secret } = await scan(v)
  await give(v, { name, code: await codeAt(secret, v.stage.clock.now), button: v.words.add })
  await v.expectSeen(v.notice.filter({ hasText: v.words.added }), 'the notice that it was added')
  return secret
}

/** Password and the next code, on the pages of the step-up. */
export async function stepUp(v, password, secret) {
  await v.expectSeen(v.heading(v.words.stepUp), 'the step-up')
  await v.field(v.words.password).fill(password)
  await v.press(v.button(v.words.goOn))
  await v.expectSeen(v.field(v.words.code), 'the field for the code')
  await v.stage.clock.nextCode()
  await flow.typeCode(v, await codeAt(secret, v.stage.clock.now))
}

// Over HTTP, by a `Client`.

/** What the list says: { ids, names }. */
export async function listed(client) {
  const answer = await client.ask(LIST)
  assert.equal(answer.status, 200, textOf(answer))
  const found = [...answer.text.matchAll(/<h2 id="name-([0-9a-f]{32})">([^<]*)<\/h2>/g)]
  return { ids: found.map(([, id]) => id), names: found.map(([, , name]) => name), text: textOf(answer) }
}

/** Adds an authenticator and returns its secret. */
export async function addOne(client, name, clock) {
  await client.send(`${LIST}/add/begin`, {})
  const secret = groupedSecret(textOf(await client.ask(`${LIST}/add`)))
  const done = await client.send(`${LIST}/add`, { name, code: await codeAt(secret, clock.now) })
  assert.equal(done.headers.location?.[0], client.path(`${LIST}?notice=added`), textOf(done))
  return secret
}

/** What the page that asks about new recovery codes is good for. */
export async function askForCodes(client) {
  const page = await client.ask('recovery-codes')
  const once = page.text.match(/name="once" value="([^"]+)"/)?.[1]
  assert.ok(once, textOf(page))
  return once
}
