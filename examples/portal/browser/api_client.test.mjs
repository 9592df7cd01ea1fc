// A client that is generated from the OpenAPI document: it compiles, and it works, in both modes.
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { exchange, Jar } from './lib/http.mjs'
import { aboutReset, resetLink } from './lib/mail.mjs'
import { run } from './lib/process.mjs'
import { scratchDir, Stage } from './lib/stage.mjs'
import { codeAt } from './lib/totp.mjs'
import { address, GOOD, onScreen } from './lib/words.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const tool = name => join(HERE, 'node_modules', '.bin', name)

async function works(command, args, cwd) {
  const { code, stdout, stderr } = await run(command, args, { env: process.env, cwd, seconds: 180 })
  assert.equal(code, 0, `${command}:\n${stdout}${stderr}`)
}

/** Makes the types of a document and compiles the client against them: its module. */
async function compiled(dir, document) {
  mkdirSync(dir)
  symlinkSync(join(HERE, 'node_modules'), join(dir, 'node_modules'))
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
  for (const name of ['client.ts', 'tsconfig.json']) copyFileSync(join(HERE, 'api_client', name), join(dir, name))
  writeFileSync(join(dir, 'openapi.json'), JSON.stringify(document))
  await works(tool('openapi-typescript'), ['openapi.json', '--output', 'schema.d.ts'], dir)
  await works(tool('tsc'), ['--project', dir], dir)
  return import(pathToFileURL(join(dir, 'built', 'client.js')))
}

/** Every schema of an object, those inside others too. */
function* objects(node) {
  if (node === null || typeof node !== 'object') return
  if (node.properties) yield node
  for (const inner of Object.values(node)) yield* objects(inner)
}

/** `fetch` with a cookie jar, as a browser has one. */
const withCookies = () => {
  const jar = new Jar()
  return async request => {
    const headers = new Headers(request.headers)
    if (jar.header) headers.set('Cookie', jar.header)
    const answer = await fetch(new Request(request, { headers }))
    jar.keep({ headers: { 'set-cookie': answer.headers.getSetCookie() } })
    return answer
  }
}

test('a generated client follows the whole flow', async t => {
  const stage = await Stage.open(t, { browser: false })
  const { clock, letters } = stage
  const dir = scratchDir(t)
  const api = stage.portal.address(onScreen, 'api/v1')
  const document = JSON.parse((await exchange(`${api}/openapi.json`)).text)
  const { Person, Refused, openEnums, operationIds } = await compiled(join(dir, 'client'), document)
  assert.ok(openEnums.every(isOpen => isOpen) && operationIds.length > 0)

  for (const [mode, login, fetcher] of [['app', 'extra1', fetch], ['browser', 'extra2', withCookies()]]) {
    await t.test(`${mode} mode`, async () => {
      const person = new Person(api, mode, fetcher)
      const refusal = code => error => error instanceof Refused && error.problem.code === code
      await person.begin()
      assert.equal(await person.forgot(login), 'check_mail')
      const link = resetLink(await letters.next(address(onScreen, login), aboutReset))
      const token = link.split('/').at(-1)
      assert.ok((await person.requirements(token)).length > 2)
      await assert.rejects(person.setPassword(token, 'kort'), refusal('requirements_unmet'))
      assert.equal(await person.setPassword(token, GOOD[0]), 'sign_in')
      await assert.rejects(person.signIn(login, 'Wrong-1-Wrong'), refusal('sign_in_rejected'))
      assert.equal(await person.signIn(login, GOOD[0]), 'enrol')
      const secret = (await person.beginSetUp()).replaceAll(' ', '')
      assert.equal((await person.confirmSetUp(await codeAt(secret, clock.now))).length, 10)
      assert.equal((await person.account()).login, login)
      assert.equal(await person.signOut(), 'sign_in')
      await assert.rejects(person.account(), refusal('session_ended'))

      await clock.nextCode()
      assert.equal(await person.signIn(login, GOOD[0]), 'verify')
      await assert.rejects(person.verify('12345'), refusal('code_malformed'))
      assert.equal(await person.verify(await codeAt(secret, clock.now)), 'signed_in')
      assert.deepEqual((await person.sessions()).map(one => one.is_current), [true])
      assert.deepEqual(await person.rename('phone'), ['phone'])
    })
  }

  await t.test('a grown document still compiles', async () => {
    let grown = 0
    for (const { properties } of objects(document.components.schemas)) {
      for (const [name, { enum: values }] of Object.entries(properties)) assert.equal(values, undefined, `${name} is open`)
      properties.added_later = { type: 'string' }
      grown++
    }
    assert.ok(grown > 20, `${grown} schemas`)
    await compiled(join(dir, 'grown'), document)
  })
})
