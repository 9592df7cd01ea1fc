// One-time codes as oathtool computes them, and otpauth URIs as an authenticator reads them.
import assert from 'node:assert/strict'
import { run } from './process.mjs'

export async function codeAt(secret, unixSeconds) {
  const { code, stdout, stderr } = await run('oathtool', ['--totp', '-b', secret, '--now', `@${unixSeconds}`])
  assert.equal(code, 0, `oathtool refused the secret: ${stderr}`)
  return stdout.trim()
}

/** A code of the right form that belongs to no step anywhere near: a day and a half ago. */
export const strayCode = (secret, unixSeconds) => codeAt(secret, unixSeconds - 36 * 3600)

export function readOtpauth(text) {
  const uri = new URL(text)
  assert.equal(uri.protocol, 'otpauth:')
  assert.equal(uri.host, 'totp')
  const label = decodeURIComponent(uri.pathname.slice(1))
  const colon = label.indexOf(':')
  assert.ok(colon > 0, `the label names the issuer first: ${label}`)
  const fields = Object.fromEntries(uri.searchParams)
  assert.match(fields.secret, /^[A-Z2-7]+$/, 'unpadded Base32')
  // What is not the default of every phone app would make a code that the app cannot show.
  assert.ok(['SHA1', undefined].includes(fields.algorithm), `algorithm ${fields.algorithm}`)
  assert.ok(['6', undefined].includes(fields.digits), `digits ${fields.digits}`)
  assert.ok(['30', undefined].includes(fields.period), `period ${fields.period}`)
  return { secret: fields.secret, issuer: fields.issuer, account: label.slice(colon + 1).trim(), prefix: label.slice(0, colon) }
}

/** The set-up code for typing by hand, as it stands in a text in groups of four. */
export function groupedSecret(text) {
  const found = text.match(/(?<![A-Z2-7])[A-Z2-7]{4}(?:[\s\u00a0-][A-Z2-7]{4}){3,15}(?![A-Z2-7])/)
  assert.ok(found, `a set-up code in groups of four in:\n${text}`)
  return found[0].replace(/[\s\u00a0-]/g, '')
}
