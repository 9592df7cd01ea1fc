// A cookie that another host of the same domain plants: over https the service takes none of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, mailedLink } from './lib/client.mjs'
import * as flow from './lib/flow.mjs'
import { host } from './lib/hosts.mjs'
import { scratchDir, Stage } from './lib/stage.mjs'
import { cookieSite, DOMAIN, NAMED, tlsProxy } from './lib/tls.mjs'
import { onScreen } from './lib/words.mjs'

const SERVICE = `id.${DOMAIN}`
const EVIL = `evil.${DOMAIN}`

test(`${onScreen}: a cookie that a subdomain plants`, async t => {
  const dir = scratchDir(t)
  let stage
  const port = await tlsProxy(t, dir, () => stage.portal.url)
  const publicUrl = `https://${SERVICE}:${port}`
  stage = await Stage.open(t, { flags: NAMED, publicUrl })

  // A session of the attacker, taken behind the proxy: a value that the service takes, as the control below shows.
  const attacker = new Client(stage.portal, onScreen)
  const password = freshPassword()
  const link = await mailedLink(stage, attacker, 'extra1')
  await attacker.reset(link.replace(publicUrl, stage.portal.url), password)
  await attacker.enrol('extra1', password, stage.clock)
  const names = [...['session', 'flow', 'device'].map(kind => attacker.cookie(kind)), `${host.cookies}-csrf`]
  const own = names.flatMap(name => [`__Host-${name}`, name]).map(name => [name, attacker.jar.get(name)]).filter(([, value]) => value)
  assert.ok(own[0]?.[0].includes('session') && own.length >= 2, 'a session and a form token of the attacker')

  const planted = own.flatMap(([name, value]) => {
    const bare = name.replace('__Host-', '')
    const domain = `Domain=${DOMAIN}; Path=/; Secure; SameSite=None`
    return [`${name}=${value}; ${domain}`, `${bare}=${value}; ${domain}`, `__Secure-${bare}=${value}; ${domain}`,
      `${bare}=${value}; Domain=${DOMAIN}; Path=/${onScreen}/; Secure`]
  })
  const evilPort = await cookieSite(t, dir, () => planted)
  const context = await stage.browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' })
  t.after(() => context.close())
  const page = await context.newPage()
  const at = name => publicUrl + stage.portal.path(onScreen, name)
  const isSignedIn = async () => {
    await page.goto(at(flow.HOME))
    return await page.locator('form[action$="/sign-out"]').count() > 0
  }

  await t.test('signs nobody in', async () => {
    await page.goto(`https://${EVIL}:${evilPort}/`)
    const sent = (await context.cookies(at(flow.HOME))).map(({ name }) => name)
    assert.ok(sent.some(name => name.startsWith(host.cookies)), `the browser sends planted cookies: ${sent}`)
    assert.equal(await isSignedIn(), false)
    assert.ok(!sent.some(name => name.startsWith('__Host-')), `the browser keeps none with the prefix: ${sent}`)
  })

  await t.test('the form still works', async () => {
    await page.goto(at('sign-in'))
    const answered = page.waitForResponse(answer => answer.request().method() === 'POST')
    await page.locator('input[name=login]').fill('extra2')
    await page.locator('input[name=password]').fill('Wrong-1-Wrong')
    await page.locator('form[action$="/sign-in"] button[type=submit]').click()
    assert.equal((await answered).status(), 422, 'the password is wrong, and the form is in order')
  })

  await t.test('the control: its own cookie signs in', async () => {
    const [[name, value]] = own
    await context.addCookies([{ name, value, url: publicUrl, secure: true, httpOnly: true, sameSite: 'Lax' }])
    assert.equal(await isSignedIn(), true, 'the control')
  })
})
