// Whose attempts are counted together: known browsers, and clients behind a proxy of the portal's own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, mailedLink, tally } from './lib/client.mjs'
import { Stage } from './lib/stage.mjs'

const [LET_ON, REFUSED, THROTTLED] = [303, 422, 429]
const DEVICE = /^portal-device-zuid=([\w-]{75}); HttpOnly; SameSite=Strict; Path=\/; Max-Age=7776000$/

test('whoever signed in here before gets in while a stranger uses the attempts up', async t => {
  const stage = await Stage.open(t, { browser: false })
  const owner = new Client(stage.portal, 'zuid')
  const password = freshPassword()
  await owner.reset(await mailedLink(stage, owner, 'demo'), password)
  const { secret } = await owner.enrol('demo', password, stage.clock)
  await owner.send('sign-out', {})
  const stranger = new Client(stage.portal, 'zuid')
  const guesses = []
  for (let n = 0; n < 7; n++) guesses.push(await stranger.password('demo', 'Een.Gokje-9'))
  assert.deepEqual(tally(guesses), { [REFUSED]: 5, [THROTTLED]: 2 })
  const newBrowser = new Client(stage.portal, 'zuid')
  assert.equal((await newBrowser.password('demo', password)).status, THROTTLED)
  await owner.signIn('demo', password, secret, stage.clock)
})

test('the cookie of a known browser is kept from scripts and other sites, and is no session', async t => {
  const stage = await Stage.open(t, { browser: false })
  const owner = new Client(stage.portal, 'zuid')
  const password = freshPassword()
  await owner.reset(await mailedLink(stage, owner, 'demo'), password)
  const answers = []
  const ask = owner.ask.bind(owner)
  owner.ask = async (...about) => {
    const answer = await ask(...about)
    answers.push(answer)
    return answer
  }
  await owner.enrol('demo', password, stage.clock)
  const cookies = answers.flatMap(answer => answer.headers['set-cookie'] ?? []).filter(text => /device/.test(text))
  assert.equal(cookies.length, 1, cookies.join('\n'))
  const [, token] = cookies[0].match(DEVICE) ?? assert.fail(cookies[0])
  const thief = new Client(stage.portal, 'zuid', { headers: { Cookie: `portal-device-zuid=${token}` } })
  assert.equal(await thief.isSignedIn(), false)
})

test('behind a proxy of the portal’s own, each of its clients has a budget', async t => {
  const stage = await Stage.open(t, { browser: false, prepare: () => ['--trusted-proxies', '127.0.0.1/32, ::1'] })
  const request = (login, forwarded) =>
    new Client(stage.portal, 'zuid', { headers: { 'X-Forwarded-For': forwarded } }).forgot(login)
  // One client asks for many names, whatever it claims to stand in front of; its budget is thirty.
  for (let n = 0; n < 40; n++) await request(`nobody${n}`, `192.0.2.${n}, 203.0.113.9`)
  const mails = async () => (await stage.letters.all()).length
  await request('extra1', '192.0.2.77, 203.0.113.9')
  await request('extra2', '203.0.113.10')
  await stage.letters.next('extra2@zuid.example', () => true)
  assert.equal(await mails(), 1, 'only the other client’s request is mailed')
})
