// Wrong options: one clear line, an exit code, and nothing that looks like a crash.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { exchange } from './lib/http.mjs'
import { portalChild } from './lib/portal.mjs'
import { eventually, freePort } from './lib/process.mjs'
import { scratchDir, Stage } from './lib/stage.mjs'

const OPTIONS = ['listen', 'database-url', 'new-database', 'redis-url', 'smtp-url', 'outbox-dir', 'public-url', 'keys']

test('--help lists every option and its environment variable', async () => {
  const { code, out, err } = await ended(['--help'])
  assert.equal(code, 0, err)
  for (const option of OPTIONS) {
    assert.match(out, new RegExp(`--${option}\\b`))
    assert.match(out, new RegExp(`\\bPORTAL_${option.toUpperCase().replaceAll('-', '_')}\\b`))
  }
})

test('with nothing but a port it starts in an empty directory and says how to begin', async t => {
  const dir = scratchDir(t)
  const port = await freePort()
  const child = portalChild(['--listen', `127.0.0.1:${port}`], {}, dir)
  try {
    // What an operator needs first: the address, the tenants, the user names, and where mail goes.
    for (const what of [`127.0.0.1:${port}`, '/noord/', '/zuid/', 'demo', '/mailbox']) {
      await child.says(new RegExp(what.replaceAll('.', '\\.')))
    }
    const answer = await eventually(() => exchange(`http://127.0.0.1:${port}/noord/sign-in`).catch(() => null), 'an answer')
    assert.equal(answer.status, 200)
  } finally {
    assert.equal((await child.stop()).code, 0)
  }
})

test('a wrong start says why in one line', async t => {
  const dir = scratchDir(t)
  // Keys and a database that a good start has made, so that no failure below is about making them.
  const stage = await Stage.open(t, { smtp: false, browser: false })
  await stage.portal.stop()
  const keys = join(stage.dir, 'keys')

  const file = join(dir, 'a-file')
  writeFileSync(file, 'not a database, not a directory, not a key\n')
  const directory = join(dir, 'a-directory')
  mkdirSync(directory)
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const busy = String(taken.address().port)

  const good = async changes => Object.entries({
    listen: `127.0.0.1:${await freePort()}`,
    'database-url': `sqlite://${join(stage.dir, 'portal.sqlite')}`,
    keys,
    ...changes,
  }).flatMap(([name, value]) => [`--${name}`, value])

  const cases = [
    ['a busy port', { listen: `127.0.0.1:${busy}` }, new RegExp(busy)],
    ['an address that is none', { listen: 'nergens' }, /listen|nergens/],
    ['an address of another machine', { listen: '192.0.2.1:8080' }, /192\.0\.2\.1/],
    ['a database below a file', { 'database-url': `sqlite://${file}/portal.sqlite` }, /a-file/],
    ['a database that is a directory', { 'database-url': `sqlite://${directory}` }, /a-directory/],
    ['a database in no directory', { 'database-url': `sqlite://${dir}/none/portal.sqlite` }, /none/],
    ['a database that is some other file', { 'database-url': `sqlite://${file}` }, /a-file/],
    ['a database of an unknown kind', { 'database-url': 'oracle://127.0.0.1/x' }, /database/i],
    ['a mail server that is no address', { 'smtp-url': 'nergens' }, /smtp/i],
    ['a mail server of an unknown scheme', { 'smtp-url': 'gopher://127.0.0.1:25' }, /smtp/i],
    ['a key file that is a directory', { keys: directory }, /a-directory|keys/],
    ['a key file that holds no keys', { keys: file }, /a-file|keys/],
    ['a public address that is none', { 'public-url': 'nergens' }, /public/i],
    ['a public address with a password', { 'public-url': 'http://jan:geheim5@127.0.0.1/' }, /public/i],
    ['a proxy that is no network', { 'trusted-proxies': '10.0.0.0/8,proxy.example' }, /trusted-proxies.*proxy\.example/],
    ['an outbox below a file', { 'outbox-dir': `${file}/outbox` }, /outbox|a-file/],
  ]
  for (const [what, changes, names] of cases) {
    await t.test(what, async () => expectOneLine(await ended(await good(changes), {}, dir), names))
  }

  await t.test('an unknown option', async () => expectOneLine(await ended(['--frobnicate'], {}, dir), /frobnicate/))
  await t.test('an option without its value', async () => expectOneLine(await ended(['--listen'], {}, dir), /listen/))
  await t.test('a word that is no option', async () => expectOneLine(await ended(['serve'], {}, dir), /serve/))
  await t.test('an environment variable', async () => {
    const args = (await good({})).slice(2)
    expectOneLine(await ended(args, { PORTAL_LISTEN: 'nergens' }, dir), /listen/i)
  })
  await t.test('a password in an option is not repeated', async () => {
    const bad = await ended(await good({ 'smtp-url': 'smtp://jan:geheim5@:nergens' }), {}, dir)
    expectOneLine(bad, /smtp/i)
  })
  await t.test('what is in a bad key file is not repeated', async () => {
    writeFileSync(join(dir, 'bad-keys'), '1 active geheim5geheim5\n')
    expectOneLine(await ended(await good({ keys: join(dir, 'bad-keys') }), {}, dir), /bad-keys|keys/)
  })
})

async function ended(args, env = {}, cwd = undefined) {
  const child = portalChild(args, { RUST_BACKTRACE: '1', ...env }, cwd)
  // A portal that starts in spite of its options would never end.
  const late = setTimeout(() => child.process.kill('SIGKILL'), 20_000)
  const { code, signal } = await child.ended
  clearTimeout(late)
  return { code, signal, out: child.stdout, err: child.stderr }
}

function expectOneLine({ code, signal, out, err }, names) {
  assert.equal(signal, null, `it went on running:\n${out}${err}`)
  assert.notEqual(code, 0)
  const lines = err.split('\n').filter(line => line.trim())
  assert.equal(lines.length, 1, `one line:\n${err}`)
  assert.match(lines[0], names)
  assert.ok(lines[0].length < 400, lines[0])
  assert.doesNotMatch(out + err, /panicked|backtrace|geheim5|Os \{|Some\(|Err\(/)
}
