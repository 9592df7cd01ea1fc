// A bare HTTP client: sends any bytes, follows nothing, keeps every header as it came.
import { request } from 'node:http'

const LARGEST_ANSWER = 8 * 1024 * 1024

/** One request, one answer: { status, headers (lower-case name → values), rawHeaders, body, text }. `more` is of Node's own options. */
export function exchange(url, { method = 'GET', headers = {}, body, more = {} } = {}) {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(body)
    const outgoing = request(url, {
      method,
      agent: false,
      ...more,
      headers: { ...headers, ...(bytes ? { 'Content-Length': bytes.length } : {}) },
    })
    outgoing.setTimeout(20_000, () => outgoing.destroy(new Error(`no answer from ${method} ${url}`)))
    let answered = false
    outgoing.on('response', incoming => {
      answered = true
      const chunks = []
      let size = 0
      incoming.on('data', chunk => {
        size += chunk.length
        if (size > LARGEST_ANSWER) incoming.destroy(new Error('the answer is too large'))
        else chunks.push(chunk)
      })
      incoming.on('error', reject)
      incoming.on('end', () => {
        const whole = Buffer.concat(chunks)
        resolve({
          url,
          method,
          status: incoming.statusCode,
          headers: incoming.headersDistinct,
          rawHeaders: pairs(incoming.rawHeaders),
          body: whole,
          text: whole.toString('utf8'),
        })
      })
    })
    // A server may answer, and close, before it has read a large body; then the answer is what counts.
    outgoing.on('error', error => {
      if (!answered) reject(error)
    })
    outgoing.end(bytes)
  })
}

const pairs = flat => flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]]] : []))

/** The Cookie header with which a browser context would visit this address. */
export async function cookieHeader(context, url) {
  const cookies = await context.cookies(url)
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
}

/** A client's own little cookie jar, for requests that no browser makes. */
export class Jar {
  #cookies = new Map()

  keep(answer) {
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair] = line.split(';')
      const at = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
    }
    return answer
  }

  get(name) {
    return this.#cookies.get(name)
  }

  set(name, value) {
    this.#cookies.set(name, value)
  }

  get header() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}
