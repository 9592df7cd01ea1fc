// The forms of a page as a program sees them, and all the ways to send them wrong.
import assert from 'node:assert/strict'
import { cookieHeader, exchange } from './http.mjs'

const MEGABYTE = 'a'.repeat(1024 * 1024)
export const FORM = 'application/x-www-form-urlencoded'

/** What a person would type where nothing is typed yet. */
const SAMPLE = { text: 'extra5', password: 'Niet.Het_Goede-9', code: '000000' }

/** Every form of the page that changes something: { label, action, fields: [{ name, kind, value }] }. */
export function formsOf(page) {
  return page.evaluate(() =>
    [...document.forms].filter(form => form.method === 'post').map(form => {
      const button = form.querySelector('button, input[type=submit]')
      const inputs = [...form.elements].filter(e => e.name && !['submit', 'button', 'reset'].includes(e.type))
      const fields = inputs.map(e => ({ name: e.name, kind: e.type, value: e.value }))
      if (button?.name) fields.push({ name: button.name, kind: 'hidden', value: button.value })
      return {
        label: (button?.innerText || button?.value || form.action).trim(),
        action: form.action,
        fields,
      }
    }))
}

export const csrfOf = form => form.fields.find(({ name }) => /csrf/i.test(name))

const escaped = bytes => [...Buffer.from(bytes)]
  .map(b => [String.fromCharCode(b), `%${b.toString(16).padStart(2, '0')}`])
  .map(([plain, coded]) => (/[\w.-]/.test(plain) ? plain : coded))
  .join('')

/** A form's body. A value may be bytes, so that it need not be UTF-8. */
export const encode = pairs => pairs
  .map(([name, value]) => `${escaped(name)}=${value === MEGABYTE ? value : escaped(value)}`)
  .join('&')

/** The form filled in as a person would. */
export function filled(form) {
  return form.fields.map(({ name, kind, value }) => {
    if (value) return [name, value]
    if (/code/i.test(name)) return [name, SAMPLE.code]
    return [name, SAMPLE[kind] ?? SAMPLE.text]
  })
}

const without = (pairs, gone) => pairs.filter(([name]) => name !== gone)
const replaced = (pairs, name, value) => pairs.map(pair => (pair[0] === name ? [name, value] : pair))

/** All the wrong ways to send this form: { what, action?, headers?, body, status? }. */
export function* wrongWays(form) {
  const good = filled(form)
  const csrf = csrfOf(form)
  assert.ok(csrf?.value, `the form "${form.label}" carries a token against cross-site requests`)

  yield { what: 'no body', body: '' }
  yield { what: 'no token', body: encode(without(good, csrf.name)), status: 403 }
  yield { what: 'an empty token', body: encode(replaced(good, csrf.name, '')), status: 403 }
  yield { what: 'a wrong token', body: encode(replaced(good, csrf.name, turned(csrf.value))), status: 403 }
  yield { what: 'JSON', body: JSON.stringify(Object.fromEntries(good)), headers: { 'Content-Type': 'application/json' } }
  yield { what: 'plain text', body: encode(good), headers: { 'Content-Type': 'text/plain' } }
  yield { what: 'no content type', body: encode(good), headers: { 'Content-Type': undefined } }
  yield { what: 'multipart without an end', body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } }
  yield { what: 'a megabyte more', body: encode([...good, ['more', MEGABYTE]]) }
  yield { what: 'an unknown tenant', body: encode(good), action: elsewhere(form.action), status: 404 }
  for (const { name, kind } of form.fields) {
    const [, value] = good.find(([key]) => key === name)
    yield { what: `${name} twice`, body: encode([...good, [name, value]]) }
    yield { what: `${name} of a megabyte`, body: encode(replaced(good, name, MEGABYTE)) }
    yield { what: `${name} with a NUL`, body: encode(replaced(good, name, `${value}\0x`)) }
    yield { what: `${name} that is not UTF-8`, body: encode(replaced(good, name, Buffer.from([0x61, 0xff, 0xfe, 0xc0, 0x80]))) }
    yield { what: `${name} missing`, body: encode(without(good, name)) }
    if (kind !== 'hidden') yield { what: `${name} empty`, body: encode(replaced(good, name, '')) }
  }
}

/** The same length and alphabet, another value. */
const turned = token => token.replace(/^./, first => (first === 'A' ? 'B' : 'A'))

function elsewhere(action) {
  const url = new URL(action)
  url.pathname = url.pathname.replace(/^\/[^/]+/, '/nergens')
  return url.href
}

/** Sends a form with the browser's cookies and language; the browser itself stays where it is. */
export async function send(v, form, way) {
  const url = way.action ?? form.action
  const headers = {
    'Content-Type': FORM,
    Cookie: await cookieHeader(v.context, form.action),
    Origin: v.portal.url,
    'Accept-Language': v.acceptLanguage,
    ...way.headers,
  }
  const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value))
  return exchange(url, { method: 'POST', headers: sent, body: way.body })
}
