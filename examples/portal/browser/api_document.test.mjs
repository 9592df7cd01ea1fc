// Schemathesis sends requests made from the OpenAPI document: no answer is a fault, and each is one that the document has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, freshPassword, mailedLink } from './lib/client.mjs'
import { exchange } from './lib/http.mjs'
import { run } from './lib/process.mjs'
import { python } from './lib/python.mjs'
import { Stage } from './lib/stage.mjs'
import { onScreen } from './lib/words.mjs'

const SEED = 20260
const EXAMPLES = 25
const CHECKS = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance', 'response_schema_conformance']

/** A person who is signed in to the pages, for requests that get beyond the sign-in. */
async function signedIn(stage) {
  const client = new Client(stage.portal, onScreen)
  const password = freshPassword()
  await client.reset(await mailedLink(stage, client, 'extra1'), password)
  await client.enrol('extra1', password, stage.clock)
  return client
}

const modes = {
  async browser(stage) {
    const client = await signedIn(stage)
    const { csrf_token } = JSON.parse((await client.ask('api/v1/csrf')).text)
    return { 'x-slotwerk-mode': 'browser', Cookie: client.jar.header, 'x-csrf-token': csrf_token }
  },
  async app(stage) {
    const client = await signedIn(stage)
    // The cookie of a session holds its token.
    return { 'x-slotwerk-mode': 'app', Authorization: `Bearer ${client.jar.get(client.cookie('session'))}` }
  },
}

for (const [mode, credentials] of Object.entries(modes)) {
  test(`${mode}: the document and the answers agree`, async t => {
    const stage = await Stage.open(t, { browser: false })
    const api = stage.portal.address(onScreen, 'api/v1')
    const headers = await credentials(stage)
    assert.equal((await exchange(`${api}/session`, { headers })).status, 200, 'the control: the credentials are good')
    const given = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`])
    // Signing out would leave the rest of the operations without a session.
    const { code, stdout, stderr } = await run(python, ['-m', 'schemathesis.cli', 'run', `${api}/openapi.json`, '--url', api,
      '--checks', CHECKS.join(','), '--phases', 'examples,coverage,fuzzing', '--max-examples', String(EXAMPLES), '--seed', String(SEED),
      '--generation-database', 'none', '--suppress-health-check', 'all', '--exclude-operation-id', 'signOut',
      '--no-color', '--max-failures', '20', ...given], { cwd: stage.dir, env: process.env, seconds: 90 })
    assert.equal(code, 0, `${stdout.slice(-6000)}${stderr.slice(-2000)}`)
    const [, tested] = stdout.match(/(\d+) generated/) ?? stdout.match(/(\d+) (?:test cases|passed)/) ?? []
    assert.ok(Number(tested) > 100, `few requests were sent:\n${stdout.slice(-3000)}`)
    assert.doesNotMatch(stage.portal.child.stderr, /panicked/)
  })
}
