// A form that shows recovery codes, sent many times at once, as an impatient person does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, locationOf, mailedLink, tally, textOf } from './lib/client.mjs'
import { outboxEmpty, query } from './lib/database.mjs'
import { aboutAnythingElse } from './lib/mail.mjs'
import { askForCodes, LIST } from './lib/managing.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt, groupedSecret } from './lib/totp.mjs'
import { address, words } from './lib/words.mjs'

const ROUNDS = 6
const AT_ONCE = 8
const LOGIN = 'extra1'

const codesIn = answer => [...answer.text.matchAll(/<code>([0-9A-Z-]+)<\/code>/g)].map(([, code]) => code)

/** The answers to one form sent so often at once, by these in turn: the one that shows codes, and the others. */
async function sendAtOnce(senders, page, fields) {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => {
    const at = n % senders.length
    return senders[at].send(page, fields[at])
  }))
  const shown = answers.filter(answer => codesIn(answer).length > 0)
  assert.equal(shown.length, 1, `one answer with codes: ${JSON.stringify(tally(answers))}`)
  assert.equal(codesIn(shown[0]).length, 10)
  return { codes: codesIn(shown[0]), others: answers.filter(answer => answer !== shown[0]) }
}

test('recovery codes that are asked for many times at once', async t => {
  const stage = await Stage.open(t, { browser: false })
  const password = freshPassword()
  const laptop = new Client(stage.portal, 'zuid')
  const tablet = new Client(stage.portal, 'zuid')
  const to = address('zuid', LOGIN)
  const made = async () => {
    const kind = 'recovery-codes-renewed'
    const [{ sets }] = await query(stage.dir, 'SELECT count(*) AS sets FROM slotwerk_audit WHERE kind = ?', kind)
    return sets
  }
  const expectToWork = async code => {
    const person = new Client(stage.portal, 'zuid')
    await person.pass(LOGIN, password)
    assert.equal(locationOf(await person.send('second-factor/recovery', { code })), '/zuid/?notice=recovered')
    await person.expectSignedIn()
  }
  let seen

  await t.test('of set-ups sent at once one shows codes, and they work', async () => {
    await laptop.reset(await mailedLink(stage, laptop, LOGIN), password)
    await laptop.pass(LOGIN, password)
    await laptop.chooseApp()
    const secret = groupedSecret(textOf(await laptop.ask('second-factor/enrol')))
    const code = await codeAt(secret, stage.clock.now)
    const { codes } = await sendAtOnce([laptop], 'second-factor/enrol', [{ code }])
    await expectToWork(codes[0])
    for (const client of [laptop, tablet]) await client.signIn(LOGIN, password, secret, stage.clock)
    await outboxEmpty(stage.dir)
    seen = await stage.letters.count(to, aboutAnythingElse)
  })

  const oneCounts = senders => async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const before = await made()
      const fields = []
      for (const sender of senders) fields.push({ once: await askForCodes(sender) })
      const { codes, others } = await sendAtOnce(senders, 'recovery-codes', fields)
      assert.equal(await made(), before + 1, 'one set was made')
      for (const answer of others) assert.equal(locationOf(answer), `/zuid/${LIST}?notice=codes`, textOf(answer))
      await expectToWork(codes[round])
    }
  }
  await t.test('of renewals sent at once one counts, and its codes work', oneCounts([laptop]))
  await t.test('of renewals sent at once by two browsers one counts, and its codes work', oneCounts([laptop, tablet]))

  await t.test('whoever is shown none is told so', async () => {
    assert.match(textOf(await laptop.ask(`${LIST}?notice=codes`)), words.en.codesShown)
  })

  await t.test('each set is told of in one mail', async () => {
    await outboxEmpty(stage.dir)
    const mails = (await stage.letters.to(to)).filter(aboutAnythingElse).slice(seen)
    const told = mails.filter(({ subject }) => /new recovery codes/i.test(subject))
    assert.equal(told.length, 2 * ROUNDS, mails.map(({ subject }) => subject).join('; '))
  })
})
