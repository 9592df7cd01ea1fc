// The portal's clock runs ahead and is put right: nobody waits until the wrong date.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, mailedLink, textOf } from './lib/client.mjs'
import { aboutReset, resetLink } from './lib/mail.mjs'
import { Stage } from './lib/stage.mjs'
import { address } from './lib/words.mjs'

const HOUR = 3600
const A_DAY = 24 * HOUR
const LET_ON = 303
const REFUSED = 422
const WAIT = 429
// Longer than any pace of a budget in this test.
const PACE = 900

test('zuid: a clock that was wrong costs nobody their access', async t => {
  const stage = await Stage.open(t, { browser: false })
  const { clock, letters } = stage
  const person = () => new Client(stage.portal, 'zuid')
  let right = clock.now
  let password = freshPassword()
  const first = person()
  await first.reset(await mailedLink(stage, first, 'demo'), password)

  const guess = async () => (await person().password('demo', 'Wrong-Wrong-1')).status
  const ahead = async by => {
    clock.set(right + by)
    const to = address('zuid', 'demo')
    const seen = await letters.count(to, aboutReset)
    // More requests than the budget of a name holds, and one of the links is used: so none of them stays live.
    const owner = person()
    for (let n = 0; n < 12; n++) assert.equal((await owner.forgot('demo')).status, 200)
    password = freshPassword()
    await owner.reset(resetLink(await letters.next(to, aboutReset, seen)), password)
    await person().pass('demo', password)
    // A stranger uses up what there is.
    let looked = 0
    while (await guess() === REFUSED) assert.ok(++looked < 20, 'guesses are limited')
    assert.ok(looked > 0)
  }

  for (const [name, by] of [['an hour', HOUR], ['a day', A_DAY], ['a year', 365 * A_DAY]]) {
    await t.test(`${name} ahead`, async () => {
      await ahead(by)
      clock.set(right)
      const waiting = await person().password('demo', password)
      assert.equal(waiting.status, LET_ON, `the owner's next sign-in:\n${textOf(waiting)}`)
      // The address had its one attempt too: from now on one each second.
      clock.advance(2)
      const again = await person().password('demo', password)
      assert.equal(again.status, LET_ON, 'a success gives its own attempt back')
      clock.advance(2)
      assert.equal(await guess(), REFUSED, 'one wrong guess is looked at')
      clock.advance(2)
      assert.equal(await guess(), WAIT, 'and then the normal pace holds')
      clock.advance(2)
      const owner = person()
      const link = await mailedLink(stage, owner, 'demo')
      password = freshPassword()
      await owner.reset(link, password)
      clock.advance(2)
      await person().pass('demo', password)
      // A refill after the mail before, which left some seconds after the clock was right.
      clock.set(right + PACE + 60)
      const later = person()
      password = freshPassword()
      await later.reset(await mailedLink(stage, later, 'demo'), password)
      await person().pass('demo', password)
      // Past what this round has used, before the next one.
      right += A_DAY
      clock.set(right)
    })
  }
})

test('zuid: a stranger cannot see that the owner signs in', async t => {
  const stage = await Stage.open(t, { browser: false })
  const { clock } = stage
  const person = () => new Client(stage.portal, 'zuid')
  const password = freshPassword()
  const first = person()
  await first.reset(await mailedLink(stage, first, 'extra1'), password)
  const seen = answer => [answer.status, answer.headers['retry-after']]
  for (const pace of [0, 31, PACE]) {
    for (let n = 0; n < 6; n++) {
      // The first sign-in may have to wait, like any guess.
      await person().password('extra1', password)
      const known = seen(await person().password('extra1', 'Wrong-Wrong-1'))
      const unknown = seen(await person().password('nobody', 'Wrong-Wrong-1'))
      assert.deepEqual(known, unknown, `guess ${n + 1}, one each ${pace} s`)
      clock.advance(pace)
    }
    clock.advance(A_DAY)
  }
})
