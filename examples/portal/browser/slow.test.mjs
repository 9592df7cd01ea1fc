// A request that takes too long: the answer is a page that says so, and no empty one.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { textOf } from './lib/client.mjs'
import { FORM } from './lib/forms.mjs'
import { Stage } from './lib/stage.mjs'

const pages = [
  ['noord', 'nl', /Het is even te druk.*Wacht een paar seconden/],
  ['zuid', 'en', /We are too busy just now.*Wait a few seconds/],
]

test('a form that never comes to its end is answered with a page in the person’s language', async t => {
  const stage = await Stage.open(t, { browser: false, smtp: false })
  const answers = await Promise.all(pages.map(([tenant, lang]) => halfAForm(stage.portal, tenant, lang)))
  pages.forEach(([tenant, , words], n) => {
    const [head, body] = answers[n].split('\r\n\r\n')
    assert.match(head, /^HTTP\/1\.1 503 /)
    assert.match(head, /^content-type: text\/html/im)
    assert.match(head, /^content-security-policy: default-src 'none'/im)
    assert.match(head, /^cache-control: no-store/im)
    assert.match(textOf({ text: body }), words)
    assert.match(body, new RegExp(`href="/${tenant}/"`), 'a way on')
  })
})

/** Sends the beginning of a form and waits for what the portal makes of it. */
function halfAForm(portal, tenant, lang) {
  return new Promise((resolve, reject) => {
    const socket = connect(portal.port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', text => {
      answer += text
      if (answer.includes('</html>')) socket.destroy()
    })
    socket.on('error', reject).on('close', () => resolve(answer))
    socket.write([
      `POST /${tenant}/sign-in HTTP/1.1`, `Host: 127.0.0.1:${portal.port}`, `Accept-Language: ${lang}`,
      `Content-Type: ${FORM}`, 'Content-Length: 100', '', 'login=',
    ].join('\r\n'))
  })
}
