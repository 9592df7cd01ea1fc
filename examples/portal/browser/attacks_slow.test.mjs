// Slow and many clients: half-open connections, heads and bodies that never end, answers that nobody reads.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { Client } from './lib/client.mjs'
import { FORM } from './lib/forms.mjs'
import { host, portalOptions, warnings } from './lib/hosts.mjs'
import { exchange } from './lib/http.mjs'
import { portalEnv, BIN } from './lib/portal.mjs'
import { spawnSync } from 'node:child_process'
import { eventually, pause } from './lib/process.mjs'
import { Stage } from './lib/stage.mjs'
import { oneTenant } from './lib/words.mjs'

const HALF_OPEN = 1_100
// An honest client's answer, in milliseconds. Without a limit on connections it was 75,000 and more.
const PROMPT = 5_000
// What a client may take for the head of a request, and some time to notice.
const HEAD = 10_000 + 5_000
// What a stop may take, as `DRAIN` of the web layer says, and some time to notice.
const DRAIN = 10_000 + 4_000
const POSTS = 150
const BODY = 4 * 1024 * 1024
// In kB. The portal kept the bodies of all posts, and grew by 500,000.
const GROWTH = 48 * 1024
const GUARDS = {
  'content-security-policy': /default-src 'none'/,
  'referrer-policy': /^no-referrer$/,
  'cache-control': /^no-store$/,
  'x-content-type-options': /^nosniff$/,
}

const honest = { localAddress: '127.78.0.1' }
const slow = n => `127.78.1.${n}`

// A test that fails leaves its connections open, and they would keep this process alive.
const sockets = new Set()
after(() => {
  for (const socket of sockets) socket.destroy()
})

/** A connection that records what came, and whether and when the portal ended it. */
function opened(portal, localAddress, first = '') {
  const seen = { text: '', ended: undefined, began: Date.now() }
  const socket = connect({ port: portal.port, host: '127.0.0.1', localAddress })
  seen.socket = socket
  sockets.add(socket)
  seen.open = new Promise(resolve => socket.once('connect', resolve))
  socket.on('data', data => (seen.text += data.toString('latin1')))
  socket.on('error', () => {})
  seen.end = new Promise(resolve => socket.once('close', () => {
    sockets.delete(socket)
    seen.ended = Date.now() - seen.began
    resolve()
  }))
  if (first) socket.write(first)
  return seen
}

const within = (promise, milliseconds, what) => Promise.race([
  promise,
  pause(milliseconds).then(() => assert.fail(`${what} took longer than ${milliseconds} ms`)),
])

const memory = portal => {
  const status = readFileSync(`/proc/${portal.child.process.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)[1])
}

async function promptAnswer(stage, what) {
  const began = Date.now()
  const answer = await exchange(stage.portal.address(oneTenant, 'sign-in'), { more: honest })
  assert.equal(answer.status, 200, what)
  assert.ok(Date.now() - began < PROMPT, `${what}: ${Date.now() - began} ms`)
}

test('slow and many clients', async t => {
  const stage = await Stage.open(t, { browser: false })
  const { portal } = stage
  const signIn = portal.path(oneTenant, 'sign-in')
  const leave = held => {
    for (const { socket } of held) socket.destroy()
    return Promise.all(held.map(({ end }) => end))
  }

  await t.test('half-open connections of one client', async () => {
    const held = Array.from({ length: HALF_OPEN }, () => opened(portal, slow(1)))
    await promptAnswer(stage, 'beside half-open connections')
    await eventually(() => held.filter(({ ended }) => ended === undefined).length <= host.ofOneClient, 'all but its share closed')
    if (host.logsWarnings) assert.match(portal.child.stderr, /warning: \d+ connections are open/)
    await promptAnswer(stage, 'beside the share of one client')
    await leave(held)
  })

  await t.test('half-open connections of many clients', async () => {
    const held = Array.from({ length: 900 }, (_, n) => opened(portal, slow(2 + n % 100), `GET ${signIn} HTTP/1.1\r\nHost: `))
    await promptAnswer(stage, 'beside 900 half-open connections')
    await leave(held)
  })

  await t.test('a head that never ends', async () => {
    const heads = [
      opened(portal, slow(110)),
      opened(portal, slow(111), `GET ${signIn} HTTP/1.1\r\n`),
      opened(portal, slow(112), `GET ${signIn} HTTP/1.1\r\nHost: a\r\nX: `),
      // After a whole request, nothing: the connection is not kept for ever either.
      opened(portal, slow(113), `GET ${signIn} HTTP/1.1\r\nHost: a\r\n\r\n`),
    ]
    const drip = setInterval(() => heads[2].socket.write('y'), 500)
    await within(Promise.all(heads.map(({ end }) => end)), HEAD, 'closing')
    clearInterval(drip)
    assert.match(heads[3].text, /^HTTP\/1.1 200 /)
  })

  await t.test('bodies of four megabytes at once', async () => {
    const before = memory(portal)
    const answered = []
    let peak = before
    const body = Buffer.alloc(BODY, 'a')
    for (let n = 0; n < POSTS; n++) {
      const headers = { 'Content-Type': n % 3 === 0 ? 'application/json' : FORM }
      const page = n % 2 === 0 ? 'sign-in' : 'forgot'
      answered.push(exchange(portal.address(oneTenant, page), { method: 'POST', headers, body, more: { localAddress: slow(120 + n % 50) } })
        .then(answer => answer.status, () => 'closed'))
    }
    const watch = setInterval(() => (peak = Math.max(peak, memory(portal))), 20)
    const statuses = await Promise.all(answered)
    clearInterval(watch)
    assert.deepEqual([...new Set(statuses)].sort(), [413, 415])
    console.log(`memory grew by ${peak - before} kB with ${POSTS} posts of ${BODY / 1024} kB at once`)
    assert.ok(peak - before < GROWTH, `${peak - before} kB`)
    await promptAnswer(stage, 'after the bodies')
  })

  await t.test('answers that no page writes have the guards', async () => {
    const head = (line, more = '') => `${line}\r\nHost: 127.0.0.1\r\n${more}\r\n`
    const cases = [
      [400, 'no HTTP\r\n\r\n'],
      [400, head('GET / HTTP/9.9')],
      [400, head('GET / HTTP/1.1', 'Bad Header: x\r\n')],
      [400, head('GET / HTTP/1.1', 'X: a\0b\r\n')],
      [400, head(`POST ${signIn} HTTP/1.1`, 'Content-Length: x\r\n')],
      [400, head(`POST ${signIn} HTTP/1.1`, 'Content-Length: 1\r\nContent-Length: 2\r\n')],
      [414, head(`GET /${'a'.repeat(65_600)} HTTP/1.1`)],
      [431, head('GET / HTTP/1.1', `X: ${'a'.repeat(200_000)}\r\n`)],
      [431, head('GET / HTTP/1.1', Array.from({ length: 120 }, (_, n) => `X-${n}: a\r\n`).join(''))],
    ]
    for (const [status, request] of cases) {
      const what = `${status} for ${JSON.stringify(request.slice(0, 40))}`
      const seen = opened(portal, slow(200), request)
      await within(seen.end, HEAD, what)
      assert.match(seen.text, new RegExp(`^HTTP/1\\.1 ${status} `), what)
      const lines = seen.text.split('\r\n\r\n')[0].split('\r\n').slice(1).map(line => line.split(/: (.*)/))
      const headers = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]))
      for (const [name, value] of Object.entries(GUARDS)) assert.match(headers[name] ?? '', value, `${what}: ${name}`)
    }
  })

  await t.test('forwarding headers of a stranger are worth one warning', warnings, async () => {
    const seen = () => portal.child.stderr.match(/ignored forwarding headers/g)?.length ?? 0
    assert.equal(seen(), 0)
    for (const headers of [{ 'X-Forwarded-For': '192.0.2.1' }, { Forwarded: 'for=192.0.2.1' }, { 'X-Real-IP': '192.0.2.1' }]) {
      await exchange(portal.address(oneTenant, 'sign-in'), { headers, more: honest })
    }
    await eventually(() => seen() > 0, 'the warning')
    assert.equal(seen(), 1)
  })

  await t.test('a stop waits for no slow client', async () => {
    const held = [
      opened(portal, slow(210)),
      opened(portal, slow(211), `GET ${signIn} HTTP/1.1\r\nHost: `),
      opened(portal, slow(212), `POST ${signIn} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nlogin=`),
    ]
    await Promise.all(held.map(({ open }) => open))
    await promptAnswer(stage, 'before the stop')
    const began = Date.now()
    await portal.stop()
    const took = Date.now() - began
    assert.ok(took < DRAIN, `${took} ms`)
    await leave(held)
    await portal.start()
  })
})

test('a request in hand is answered before the stop', async t => {
  const stage = await Stage.open(t, { browser: false })
  const { portal } = stage
  const client = new Client(portal, oneTenant, { more: honest })
  await client.ask('sign-in')
  // Hashing takes a while: the stop comes in between.
  const answers = Array.from({ length: 8 }, () => client.send('sign-in', { login: 'demo', password: 'no password of anybody' }))
  await pause(30)
  await portal.stop()
  for (const answer of await Promise.all(answers.map(answer => answer.catch(error => error)))) {
    // A request that had not begun when the stop came finds nobody; one in hand has its page.
    if (answer instanceof Error) assert.match(String(answer.cause?.code ?? answer.code ?? answer), /ECONNREFUSED|ECONNRESET|socket hang up/)
    else assert.ok([200, 422, 429].includes(answer.status), `${answer.status}`)
  }
  await portal.start()
})

test('few open files lower the limit', portalOptions, async t => {
  const stage = await Stage.open(t, { browser: false })
  const script = `ulimit -n 128; exec "$0" --listen 127.0.0.1:0 --database-url sqlite::memory: --keys "$1"`
  const child = spawnSync('timeout', ['3', 'bash', '-c', script, BIN, `${stage.dir}/other-keys`], { env: portalEnv(), encoding: 'utf8' })
  assert.match(child.stderr, /allows 128 open files, so at most 64 connections/)
})

test('a full or closed standard output stops nothing', portalOptions, async t => {
  const stage = await Stage.open(t, { browser: false })
  const run = (redirection, ...args) => spawnSync('bash', ['-c', `timeout 3 "$0" "$@" ${redirection}`, BIN, ...args], { env: portalEnv(), encoding: 'utf8', cwd: stage.dir })
  const full = run('>/dev/full', '--help')
  assert.equal(full.status, 1, full.stderr)
  assert.match(full.stderr, /^portal: standard output: /)
  assert.equal(run('>&-', '--help').status === 101, false)
  const piped = run('| head -c 1', '--help')
  assert.doesNotMatch(piped.stderr, /panicked/)
  // The portal runs on without a reader of its first lines, and with a log that is full.
  for (const redirection of ['>/dev/full', '>/dev/full 2>/dev/full', '>&- 2>&-']) {
    const ran = run(redirection, '--listen', '127.0.0.1:0', '--database-url', 'sqlite::memory:', '--keys', 'keys-for-output')
    assert.equal(ran.status, 124, `${redirection}: ended by itself: ${ran.stderr}`)
  }
})

test('usage errors exit with 2', portalOptions, () => {
  for (const args of [['--nonsense'], ['--listen', 'x'], ['--max-connections', '0'], ['--trusted-proxies', '10.0.0.0/33']]) {
    const child = spawnSync(BIN, args, { env: portalEnv(), encoding: 'utf8' })
    assert.equal(child.status, 2, args.join(' '))
    assert.match(child.stderr, /^portal: [^\n]+\n$/, args.join(' '))
  }
})
