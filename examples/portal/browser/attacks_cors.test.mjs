// Another origin reads nothing and changes nothing: no answer has a CORS header, and no request without a token counts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from './lib/client.mjs'
import { Elsewhere } from './lib/elsewhere.mjs'
import * as flow from './lib/flow.mjs'
import { FORM } from './lib/forms.mjs'
import { host } from './lib/hosts.mjs'
import { exchange } from './lib/http.mjs'
import { Stage } from './lib/stage.mjs'
import { GOOD, onScreen } from './lib/words.mjs'

const API = 'api/v1'
const ORIGINS = ['https://evil.example', 'http://127.0.0.1:1', 'null', '*']
const MODES = [{}, { 'x-slotwerk-mode': 'app' }]

const allowing = answer => Object.keys(answer.headers).filter(name => name.startsWith('access-control-'))

test(`${onScreen}: CORS is closed`, async t => {
  const stage = await Stage.open(t, { browser: false })
  const at = page => stage.portal.address(onScreen, page)
  const pages = [host.account, 'sign-in', 'forgot', 'authenticators', `${API}/csrf`, `${API}/session`, `${API}/sign-in`, `${API}/openapi.json`, 'geen-pagina']

  await t.test('for preflights', async () => {
    for (const origin of ORIGINS) {
      for (const page of pages) {
        for (const wanted of ['content-type', 'content-type, x-csrf-token', 'authorization, content-type, x-slotwerk-mode']) {
          const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': wanted }
          const answer = await exchange(at(page), { method: 'OPTIONS', headers })
          assert.deepEqual(allowing(answer), [], `${page} for ${origin}`)
          assert.ok(answer.status >= 400, `OPTIONS ${page}: ${answer.status}`)
        }
      }
    }
  })

  await t.test('for simple requests, in each mode', async () => {
    for (const origin of ORIGINS) {
      for (const page of pages) {
        for (const mode of MODES) {
          const headers = { Origin: origin, ...mode }
          assert.deepEqual(allowing(await exchange(at(page), { headers })), [], `GET ${page} for ${origin}`)
          for (const type of [FORM, 'text/plain', 'application/json']) {
            const answer = await exchange(at(page), { method: 'POST', headers: { ...headers, 'Content-Type': type }, body: '{}' })
            assert.deepEqual(allowing(answer), [], `POST ${page} for ${origin}`)
            assert.ok(answer.status >= 400, `POST ${page} of ${type}: ${answer.status}`)
          }
        }
      }
    }
  })

  await t.test('API only where it is mounted', async () => {
    const { status } = await exchange(at(`${API}/csrf`))
    assert.equal(status, host.hasJsonApi ? 200 : 404)
  })
})

test(`${onScreen}: a page of another origin, in the browser of a signed-in person`, async t => {
  const stage = await Stage.open(t)
  const v = await stage.visitor(onScreen)
  await flow.become(v, 'demo', GOOD[0])
  const elsewhere = await Elsewhere.open(t)
  const page = await v.context.newPage()
  await page.goto(elsewhere.page('<p>a page of somebody else</p>'))
  const at = name => stage.portal.address(onScreen, name)
  // Another port is another origin of the same site, so that the browser sends the cookies along.
  const read = (name, options) => page.evaluate(([address, more]) =>
    fetch(address, { credentials: 'include', ...more }).then(answer => answer.text(), error => `failed: ${error.name}`), [at(name), options])

  await t.test('reads no page and no API answer', async () => {
    const addresses = [host.account, 'sessions', 'sign-in']
    if (host.hasJsonApi) addresses.push(`${API}/csrf`, `${API}/session`, `${API}/openapi.json`)
    for (const name of addresses) assert.equal(await read(name), 'failed: TypeError', name)
    for (const headers of [{ 'Content-Type': 'application/json' }, { 'x-csrf-token': 'x' }, { 'x-slotwerk-mode': 'app', Authorization: 'Bearer x' }]) {
      assert.equal(await read(`${API}/sign-out`, { method: 'POST', headers, body: '{}' }), 'failed: TypeError', JSON.stringify(headers))
    }
  })

  await t.test('requests without a preflight change nothing', async () => {
    const targets = ['sign-out', 'sessions/end-others', 'password', `${API}/sign-out`, `${API}/sessions/end-others`]
    for (const name of targets) {
      for (const type of [FORM, 'text/plain', 'multipart/form-data; boundary=x']) {
        const arrived = page.waitForResponse(answer => answer.url() === at(name))
        await read(name, { method: 'POST', mode: 'no-cors', headers: { 'Content-Type': type }, body: '{}' })
        assert.ok((await arrived).status() >= 400, `${name} with ${type}`)
      }
    }
    await flow.visit(v, flow.HOME)
    await flow.expectHome(v)
  })

  await t.test('a form of another site', async () => {
    await page.goto(elsewhere.page(`<form method="post" action="${at('sign-out')}"><input name="csrf" value="x"><button>Go</button></form>`))
    const answered = page.waitForResponse(answer => answer.url() === at('sign-out'))
    await page.getByRole('button').click()
    assert.equal((await answered).status(), 403)
    await flow.visit(v, flow.HOME)
    await flow.expectHome(v)
    await flow.signOut(v)
    await new Client(stage.portal, onScreen).expectSignedOut()
  })
  await v.close()
})
