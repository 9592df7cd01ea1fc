// What attackers did to the request for a link, and to the pages around it, done to ours over HTTP.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, locationOf, mailedLink, textOf } from './lib/client.mjs'
import { outboxEmpty } from './lib/database.mjs'
import { FORM } from './lib/forms.mjs'
import { expectGuarded, plainHeaders } from './lib/headers.mjs'
import { host } from './lib/hosts.mjs'
import { exchange } from './lib/http.mjs'
import { aboutReset, resetLink } from './lib/mail.mjs'
import { masked } from './lib/masked.mjs'
import { Stage } from './lib/stage.mjs'
import { address, tenants } from './lib/words.mjs'

const EVIL = 'evil.example'
// Each of them is another client: the whole of 127.0.0.0/8 is this machine.
const client = n => ({ localAddress: `127.77.0.${n}` })

for (const tenant of Object.keys(tenants)) {
  test(`${tenant}: a request for a link under attack`, async t => {
    const stage = await Stage.open(t, { browser: false })
    const person = (n = 1) => new Client(stage.portal, tenant, { more: client(n) })
    const to = login => address(tenant, login)

    await t.test('no header of the request changes the link in the mail', async () => {
      const forged = [
        { Host: EVIL }, { Host: `${new URL(stage.portal.url).host}@${EVIL}` }, { Host: `${EVIL}:80` }, { Host: '' },
        { 'X-Forwarded-Host': EVIL }, { 'X-Forwarded-Host': `${EVIL}, ${EVIL}` }, { 'X-Forwarded-Proto': 'https' },
        { 'X-Forwarded-Port': '8443' }, { 'X-Forwarded-Server': EVIL }, { 'X-Forwarded-Prefix': `//${EVIL}` },
        { Forwarded: `host=${EVIL};proto=https;for=192.0.2.1` }, { 'X-Host': EVIL }, { 'X-Original-Host': EVIL },
        { 'X-Original-URL': `http://${EVIL}/` }, { 'X-Rewrite-URL': `http://${EVIL}/` }, { 'X-HTTP-Host-Override': EVIL },
        { Origin: `http://${EVIL}` }, { Referer: `http://${EVIL}/` }, { 'X-Real-IP': '192.0.2.1' }, { Via: `1.1 ${EVIL}` },
        { 'X-Forwarded-Host': EVIL, 'X-Forwarded-Proto': 'https', Forwarded: `host=${EVIL}`, Host: EVIL },
      ]
      const ways = forged.map(headers => ({ headers }))
      // The address in the request line itself, as for a proxy.
      ways.push({ more: { ...client(1), path: `http://${EVIL}${stage.portal.path(tenant, 'forgot')}` } })
      let turn = 0
      for (const way of ways) {
        // Eight people in turn, and now and then another day, so that no budget stands in the way.
        turn = turn % 8 + 1
        if (turn === 1) await stage.anotherDay()
        const login = stage.portal.login(`extra${turn}`)
        const seen = await stage.letters.count(to(login), aboutReset)
        const attacker = person()
        await attacker.ask('forgot')
        const what = JSON.stringify(way)
        const answer = await attacker.forgot(login, way)
        assert.equal(answer.status, 200, what)
        assert.ok(!answer.text.includes(EVIL) && !JSON.stringify(answer.rawHeaders).includes(EVIL), what)
        const mail = await stage.letters.next(to(login), aboutReset, seen)
        assert.equal(new URL(resetLink(mail)).origin, stage.portal.url, what)
        for (const link of [...mail.links, ...mail.textLinks].filter(found => !found.startsWith('mailto:'))) {
          assert.equal(new URL(link).origin, stage.portal.url, what)
        }
        assert.ok(!JSON.stringify(mail).includes(EVIL), what)
      }
    })

    await t.test('no header makes one client into many', async () => {
      await stage.anotherDay()
      const attacker = person(2)
      await attacker.ask('forgot')
      for (let n = 0; n < 30; n++) await attacker.forgot(`nobody${n}`)
      const login = stage.portal.login('demo')
      const seen = await stage.letters.count(to(login), aboutReset)
      for (const headers of [
        {}, { 'X-Forwarded-For': '192.0.2.1' }, { 'X-Forwarded-For': '192.0.2.2, 127.0.0.1' }, { Forwarded: 'for=192.0.2.3' },
        { 'X-Real-IP': '192.0.2.4' }, { 'X-Client-IP': '192.0.2.5' }, { 'CF-Connecting-IP': '192.0.2.6' }, { 'True-Client-IP': '192.0.2.7' },
      ]) assert.equal((await attacker.forgot(login, { headers })).status, 200)
      await outboxEmpty(stage.dir)
      assert.equal(await stage.letters.count(to(login), aboutReset), seen, 'none of them was believed')
      // The control: another client, and the same page sends the mail.
      await mailedLink(stage, person(3), login)
    })

    await t.test('arrays, objects, JSON and repeated fields are no user name, and no password', async () => {
      await stage.anotherDay()
      const mails = (await stage.letters.all()).length
      const attacker = person(4)
      await attacker.ask('forgot')
      const evil = encodeURIComponent(`x@${EVIL}`)
      const forms = [
        'login[]=demo', `login[]=demo&login[]=${evil}`, 'login[0]=demo', 'login[login]=demo', 'login[%24ne]=x', 'login%5B%5D=demo',
        'login=demo&login=demo', `login=demo&login=${evil}`, `login=${evil}&login=demo`, 'login.x=demo', 'Login=demo', '', 'login', '=demo',
        'login=demo%00', 'login=demo%ff', `login=demo;login=${evil}&login=x`,
      ]
      for (const body of forms) {
        assert.equal((await attacker.send('forgot', body)).status, body === 'login' ? 422 : 400, `forgot with ${body}`)
      }
      for (const body of ['login[]=demo&password=x', 'login=demo&password[]=x', 'login=demo&login=demo&password=x', 'login=demo&password=x&password=y']) {
        assert.equal((await attacker.send('sign-in', body)).status, 400, `sign-in with ${body}`)
      }
      for (const login of ['demo', ['demo'], ['demo', `x@${EVIL}`], { $ne: null }, { login: 'demo' }, 1, 1e999, true, null]) {
        for (const type of ['application/json', 'text/json', 'application/xml']) {
          const body = JSON.stringify({ csrf: attacker.csrf, login })
          const answer = await attacker.ask('forgot', { method: 'POST', headers: { 'Content-Type': type }, body })
          assert.equal(answer.status, 415, `${type} with ${body}`)
        }
      }
      const login = stage.portal.login('extra1')
      const link = await mailedLink(stage, person(5), login)
      for (const body of ['password[]=x', 'password=x&password=y', 'password[a]=x', '', 'token=x', 'csrf=x&password=x']) {
        assert.equal((await attacker.send(link, body)).status, 400, `reset with ${body}`)
      }
      await person(5).reset(link, freshPassword())
      await outboxEmpty(stage.dir)
      const sent = (await stage.letters.all()).slice(mails)
      assert.deepEqual([...new Set(sent.flatMap(mail => mail.to))], [to(login)], 'none of the odd ones was mailed')
    })

    await t.test('no user name adds a recipient or a header, or stands for another', async () => {
      await stage.anotherDay()
      const before = (await stage.letters.all()).length
      const attacker = person(6)
      await attacker.ask('forgot')
      for (const control of ['\r\n', '\n', '\r', '\t', '\0x', '\x7f', '\u0085', '\u2028']) {
        for (const login of [`demo${control}Bcc: x@${EVIL}`, `x@${EVIL}${control}demo`]) {
          const { status } = await attacker.forgot(login)
          assert.ok(status === 422 || status === 400, `${JSON.stringify(login)}: ${status}`)
        }
      }
      for (const login of [
        `demo,x@${EVIL}`, `demo;x@${EVIL}`, `demo x@${EVIL}`, `demo@${EVIL}`, `${to('demo')},x@${EVIL}`, `<x@${EVIL}>`, `"demo" <x@${EVIL}>`,
        'demo%0d%0aBcc:x', '%', '_', 'dem_', 'dem%', "demo'--", "' OR '1'='1", '*', '(', `${tenant}-demo`, `demo@${EVIL}@${tenant}.example`,
        // Letters that look alike, or that some case mapping takes for one: the mail must go to nobody.
        'd\u0435mo', 'dem\u03bf', 'dem\u00f6', 'D\u0130SABLED', 'd\u0131sabled', '\u1e9eextra1',
      ]) assert.equal((await attacker.forgot(login)).status, 200, login)
      await outboxEmpty(stage.dir)
      const own = Object.keys(tenants).flatMap(name => stage.portal.everybody.map(who => address(name, who)))
      const mails = await stage.letters.all()
      assert.equal(mails.length, before, 'none of these names is anybody’s')
      // Other spellings of a name are that name: its mail goes to the stored address and to no other.
      const speller = person(14)
      await speller.ask('forgot')
      const earlier = await stage.letters.count(to('demo'), aboutReset)
      for (const login of ['\uff44\uff45\uff4d\uff4f', 'demo\u200b', '\u202edemo']) assert.equal((await speller.forgot(login)).status, 200, login)
      await outboxEmpty(stage.dir)
      assert.equal(await stage.letters.count(to('demo'), aboutReset), earlier + 3)
      assert.equal((await stage.letters.all()).length, before + 3)
      // And whatever was mailed in the tests before went to one person at a time.
      assert.ok(mails.length > 10)
      for (const mail of mails) {
        assert.equal(mail.to.length, 1)
        assert.ok(own.includes(mail.to[0]), mail.to[0])
        assert.ok(!JSON.stringify(mail).includes(EVIL))
        assert.deepEqual(mail.headers.filter(([name]) => /^b?cc$/i.test(name)), [])
      }
    })

    await t.test('throttled accounts, throttled clients and a mail server that is down are answered like anybody', async () => {
      await stage.anotherDay()
      // Names of one length: the page shows what was typed.
      const [known, unknown, busy] = ['extra2', 'extra0', 'extra3'].map(name => stage.portal.login(name))
      const answer = async (login, n) => {
        const stranger = person(n)
        await stranger.ask('forgot')
        return masked(await stranger.forgot(login), login)
      }
      const expected = await answer(unknown, 10)
      assert.equal(expected.status, 200)
      assert.deepEqual(await answer(known, 10), expected, 'known')
      for (let n = 0; n < 8; n++) assert.deepEqual(await answer(busy, 11), expected, `request ${n + 1} for one account`)
      await outboxEmpty(stage.dir)
      const mailed = await stage.letters.count(to(busy), aboutReset)
      assert.deepEqual(await answer(busy, 11), expected, 'an account that gets no more mail')
      await outboxEmpty(stage.dir)
      assert.equal(await stage.letters.count(to(busy), aboutReset), mailed, 'indeed it got none')
      for (let n = 0; n < 35; n++) assert.deepEqual(await answer(unknown, 12), expected, `request ${n + 1} of one client`)
      await stage.sink.stop()
      assert.deepEqual(await answer(known, 13), expected, 'known, while mail waits')
      assert.deepEqual(await answer(unknown, 13), expected, 'unknown, while mail waits')
      await stage.sink.start()
      await outboxEmpty(stage.dir, { seconds: 120, poke: () => host.movesClock && stage.clock.advance(3) })
    })

    await t.test('no parameter and no path leads away from the portal', async () => {
      const v = person(20)
      const password = freshPassword()
      await stage.anotherDay()
      const login = stage.portal.login('extra4')
      const link = await mailedLink(stage, v, login)
      const away = [`http://${EVIL}/`, `//${EVIL}`, `/\\${EVIL}`, `\\\\${EVIL}`, `http:${EVIL}`, `javascript:alert(1)`, `.${EVIL}`, `@${EVIL}`]
      const names = ['next', 'url', 'return', 'return_to', 'returnTo', 'redirect', 'redirect_uri', 'continue', 'notice', 'service', 'RelayState']
      const expectHere = (answer, what) => {
        const location = locationOf(answer)
        if (location !== undefined) assert.match(location, new RegExp(`^${stage.portal.path(tenant)}(?![/\\\\])`), `${what}: ${location}`)
        assert.equal(answer.headers.refresh, undefined, what)
        assert.ok(!answer.text.includes(EVIL), `${what}: in the page`)
      }
      for (const target of away) {
        const question = names.map(name => `${name}=${encodeURIComponent(target)}`).join('&')
        for (const page of ['', 'sign-in', 'forgot', 'second-factor', 'second-factor/enrol', 'second-factor/verify', 'password', 'authenticators', 'authenticators/add', 'step-up', 'recovery-codes']) {
          expectHere(await v.ask(`${page}?${question}`), `${page} with ${target}`)
        }
        for (const path of [`//${EVIL}/sign-in`, `/\\${EVIL}`, `/%2f%2f${EVIL}/`, `/%5c${EVIL}/`, stage.portal.path(tenant, `/${EVIL}`), stage.portal.path(tenant, `..//${EVIL}`), `/${EVIL}`, `/.${EVIL}/`]) {
          expectHere(await exchange(stage.portal.url, { more: { path } }), path)
        }
      }
      const where = encodeURIComponent(`http://${EVIL}/`)
      const question = names.map(name => `${name}=${where}`).join('&')
      const saved = await v.send(`${link}?${question}`, { password })
      assert.equal(locationOf(saved), v.path('sign-in?notice=changed'))
      const passed = await v.send(`sign-in?${question}`, { login, password })
      assert.equal(locationOf(passed), v.path('second-factor'))
      expectHere(await v.send(`sign-out?${question}`, {}), 'sign-out')
    })

    await t.test('a form token is worth nothing with the cookies of another visitor', async () => {
      const [victim, attacker] = [person(21), person(22)]
      const login = stage.portal.login('extra5')
      const link = await mailedLink(stage, victim, login)
      await attacker.ask('sign-in')
      await victim.ask(link)
      const own = victim.csrf
      for (const forged of [attacker.csrf, '', own.slice(0, -1), `${own}x`, own.toUpperCase(), own.split('').reverse().join('')]) {
        for (const [page, fields] of [[link, { password: freshPassword() }], ['sign-in', { login, password: 'x' }], ['forgot', { login }], ['sign-out', {}]]) {
          victim.csrf = forged
          assert.equal((await victim.send(page, { ...fields, csrf: forged })).status, 403, `${page} with "${forged}"`)
        }
      }
      // Another site's form carries the cookies at most; a link from there carries no form at all.
      for (const headers of [{ Cookie: '' }, { Cookie: attacker.jar.header }]) {
        victim.csrf = own
        assert.equal((await victim.send(link, { password: freshPassword() }, { headers })).status, 403)
      }
      for (const question of ['password=Vlotte9-Kanaal.Brug', `login=${login}`, `csrf=${own}&password=Vlotte9-Kanaal.Brug`]) {
        assert.equal((await victim.ask(`${link}?${question}`)).status, 200, 'a GET sets nothing')
      }
      await victim.reset(link, freshPassword())
      for (const line of (await person(21).ask('sign-in')).headers['set-cookie']) assert.match(line, /SameSite=(Lax|Strict)/i)
    })

    await t.test('every answer carries the headers, refusals of every kind included', async () => {
      const v = person(23)
      const login = stage.portal.login('extra6')
      const link = await mailedLink(stage, v, login)
      const seen = new Set()
      const check = answer => {
        seen.add(answer.status)
        const headers = plainHeaders(answer)
        if (answer.status === 405 || answer.body.length || answer.status < 300) expectGuarded({ url: answer.url, status: answer.status, headers })
        assert.equal(headers['referrer-policy'], 'no-referrer')
        assert.equal(headers.server ?? headers['x-powered-by'], undefined, 'what the server runs is nobody’s business')
      }
      const pages = [host.account, 'sign-in', 'forgot', 'password', 'second-factor', 'second-factor/enrol', 'second-factor/enrol/new-code', 'second-factor/verify', 'second-factor/recovery', 'authenticators', 'authenticators/add', 'authenticators/x/rename', 'step-up', 'recovery-codes', 'sign-out', link, 'reset/x', 'x']
      for (const page of pages) {
        for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND']) check(await v.ask(page, { method }))
        check(await v.ask(page, { method: 'POST' }))
        check(await v.ask(page, { method: 'POST', headers: { 'Content-Type': FORM }, body: 'x=y' }))
        check(await v.ask(page, { method: 'POST', headers: { 'Content-Type': FORM }, body: 'a'.repeat(100_000) }))
        check(await v.send(page, {}))
        check(await v.send(page, { login: '', password: '', code: '', factor: '' }))
      }
      for (let n = 0; n < 7; n++) check(await v.password(login, 'x'))
      for (const status of [200, 303, 400, 403, 404, 405, 410, 413, 415, 422, 429]) assert.ok(seen.has(status), `${status} of ${[...seen]}`)
      assert.ok(![...seen].some(status => status >= 500), textOf({ text: [...seen].join(' ') }))
      const script = await exchange(`${stage.portal.url}/static/password.js`)
      assert.equal(script.headers['x-content-type-options'][0], 'nosniff')
    })
  })
}
