// TLS in front of a service, as a proxy does it, under a name of our own.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'

/** Every name below this domain is this machine, for a browser with these flags. */
export const DOMAIN = 'service.test'
export const NAMED = [`--host-resolver-rules=MAP *.${DOMAIN} 127.0.0.1`]

/** A certificate that nobody has signed; the browser is told to take it. */
function certificate(dir) {
  const [key, cert] = [join(dir, 'tls.key'), join(dir, 'tls.crt')]
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
    '-nodes', '-days', '2', '-subj', `/CN=${DOMAIN}`, '-addext', `subjectAltName=DNS:*.${DOMAIN}`, '-keyout', key, '-out', cert])
  assert.equal(status, 0, String(stderr))
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

/** A TLS server. `answer` gets request and response, as Node's own servers have them. */
async function listen(t, dir, answer) {
  const server = createServer(certificate(dir), answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return server.address().port
}

/** A proxy; `to` says where the service listens, once it does. */
export const tlsProxy = (t, dir, to) => listen(t, dir, (incoming, outgoing) => {
  const { method, headers, url } = incoming
  const forwarded = request(new URL(url, to()), { method, headers, agent: false }, answer => {
    outgoing.writeHead(answer.statusCode, answer.rawHeaders)
    answer.pipe(outgoing)
  })
  forwarded.on('error', () => outgoing.destroy())
  incoming.pipe(forwarded)
})

/** A site that sets the cookies of `lines()` with every answer. */
export const cookieSite = (t, dir, lines) => listen(t, dir, (_incoming, outgoing) => {
  outgoing.writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': lines() })
  outgoing.end('<!doctype html><title>Elsewhere</title><p>cookies</p>')
})
