// The security headers that every answer carries, and the Content-Security-Policy of every page.
import assert from 'node:assert/strict'

/** `headers`: lower-case name → value, as Playwright and `plainHeaders` give them. */
export function expectGuarded({ url, status, headers }) {
  const where = `${status} ${new URL(url).pathname.slice(0, 60)}`
  assert.equal(headers['referrer-policy'], 'no-referrer', `Referrer-Policy of ${where}`)
  assert.match(headers['cache-control'] ?? '', /\bno-store\b/, `Cache-Control of ${where}`)
  assert.equal(headers['x-content-type-options'], 'nosniff', `X-Content-Type-Options of ${where}`)
  expectCareful(headers['set-cookie'], where)
  // A redirect shows nothing, so there is nothing for a policy to govern.
  if (status >= 300 && status < 400) return
  assert.match(headers['content-type'] ?? '', /^text\/html;\s*charset=utf-8$/i, `Content-Type of ${where}`)
  expectStrictPolicy(headers['content-security-policy'], where)
}

function expectStrictPolicy(text, where) {
  assert.ok(text, `a Content-Security-Policy of ${where}`)
  const policy = new Map(text.split(';').map(part => part.trim().split(/\s+/)).filter(([name]) => name)
    .map(([name, ...sources]) => [name, sources]))
  const all = [...policy.values()].flat()
  for (const loose of ["'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", '*', 'http:', 'https:']) {
    assert.ok(!all.includes(loose), `${loose} in the policy of ${where}: ${text}`)
  }
  const scripts = policy.get('script-src') ?? policy.get('default-src') ?? []
  assert.ok(!scripts.includes('data:') && !scripts.includes('blob:'), `scripts of ${where}: ${text}`)
  const atMost = {
    'default-src': ["'none'", "'self'"],
    'base-uri': ["'none'", "'self'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'", "'self'"],
  }
  for (const [name, allowed] of Object.entries(atMost)) {
    const sources = policy.get(name)
    assert.ok(sources?.length === 1 && allowed.includes(sources[0]), `${name} in the policy of ${where}: ${text}`)
  }
}

/** A cookie that no script and no other site can use. */
function expectCareful(lines, where) {
  // A cookie that is being deleted has no value to protect.
  const given = (lines ? lines.split('\n') : []).filter(line => !/^[^=]+=;.*\bMax-Age=0\b/i.test(line))
  for (const line of given) {
    assert.match(line, /;\s*HttpOnly/i, `cookie of ${where}`)
    assert.match(line, /;\s*SameSite=(Lax|Strict)/i, `cookie of ${where}`)
  }
}

export const plainHeaders = answer =>
  Object.fromEntries(Object.entries(answer.headers).map(([name, values]) => [name, values.join('\n')]))

/** Every page and redirect that this visitor has seen so far. */
export async function expectAllGuarded(visitor) {
  assert.ok(visitor.documents.length > 0)
  for (const response of visitor.documents) {
    expectGuarded({ url: response.url(), status: response.status(), headers: await response.allHeaders() })
  }
}

/** A refusal that a person can read: a styled page in the person's language, guarded like any other. */
export function expectErrorPage(answer, lang, what) {
  assert.ok(answer.status >= 400 && answer.status < 500, `${what}: status ${answer.status}\n${answer.text.slice(0, 400)}`)
  expectGuarded({ url: answer.url, status: answer.status, headers: plainHeaders(answer) })
  assert.match(answer.text, new RegExp(`<html[^>]*\\slang="${lang}"`, 'i'), `${what}: language`)
  assert.match(answer.text, /<h1[\s>]/i, `${what}: a heading`)
  assert.match(answer.text, /<link[^>]+rel="?stylesheet/i, `${what}: a style`)
  assert.ok(answer.body.length < 64 * 1024, `${what}: a page of ${answer.body.length} octets`)
}
