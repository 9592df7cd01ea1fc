// An answer without what differs by chance, so that two can be compared octet for octet.
import assert from 'node:assert/strict'

/** Without the date, cookie values and the form's token; `typed` is what of the person's own input a page repeats. */
export function masked(answer, typed = '') {
  const token = /(<input[^>]*name="csrf"[^>]*value=")[^"]*/g
  let body = answer.text.replace(token, '$1TOKEN')
  if (typed) body = body.replace(new RegExp(`\\b${typed}\\b`, 'g'), 'TYPED')
  const length = { stated: Number(answer.headers['content-length']?.[0]), real: answer.body.length }
  if (answer.method !== 'HEAD') assert.equal(length.stated, length.real)
  return { status: answer.status, headers: answer.rawHeaders.map(pair => maskedHeader(pair, body.length)), body }
}

function maskedHeader([name, value], maskedLength) {
  switch (name.toLowerCase()) {
    case 'date': return [name, 'DATE']
    // The length of a token varies with the characters that HTML escapes in it.
    case 'content-length': return [name, maskedLength]
    case 'set-cookie': return [name, value.replace(/=[^;]*/, '=VALUE').replace(/expires=[^;]*/i, 'Expires=DATE')]
    default: return [name, value]
  }
}
