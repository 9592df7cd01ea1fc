// The page with the new recovery codes: a file to keep, a page to print, and never shown again.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { Client, freshPassword, mailedLink } from './lib/client.mjs'
import * as flow from './lib/flow.mjs'
import { Stage } from './lib/stage.mjs'
import { codeAt } from './lib/totp.mjs'
import { GOOD, onScreen, tenants } from './lib/words.mjs'

const said = {
  nl: { download: 'Downloaden', print: 'Afdrukken', copy: 'Alles kopiëren', copied: /zijn gekopieerd/, once: /één keer getoond/, date: /Gemaakt op \d{1,2} [a-z]+ \d{4}\./, file: tenant => `herstelcodes-${tenant}.txt` },
  en: { download: 'Download', print: 'Print', copy: 'Copy all', copied: /were copied/, once: /shown once/, date: /\d{1,2} [A-Z][a-z]+ \d{4}\b/, file: tenant => `recovery-codes-${tenant}.txt` },
}

for (const [tenant, js] of Object.keys(tenants).flatMap(name => [[name, true], [name, false]])) {
  test(`${tenant}: the codes as a file and on paper, JavaScript ${js ? 'on' : 'off'}`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(tenant, { js })
    const words = said[tenants[tenant].lang]
    await flow.resetPassword(v, 'extra4', GOOD[0])
    await flow.passPassword(v, 'extra4', GOOD[0])
    const { secret } = await flow.beginSetUp(v, 'extra4')
    await flow.typeCode(v, await codeAt(secret, stage.clock.now))
    const codes = await flow.shownRecoveryCodes(v)
    assert.equal(codes.length, 10)

    await t.test('the file holds them, in their order', async () => {
      const arrives = v.page.waitForEvent('download')
      await v.button(words.download).click()
      const file = await arrives
      assert.equal(file.suggestedFilename(), words.file(tenant))
      const text = await readFile(await file.path(), 'utf8')
      assert.deepEqual(text.match(/[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/g), codes)
      assert.match(text, /extra4/)
      assert.deepEqual(await flow.shownRecoveryCodes(v), codes, 'the page is still there')
    })

    await t.test('paper holds the codes, whose they are, and nothing to press', async () => {
      assert.equal(await v.button(words.print).count(), js ? 1 : 0)
      if (js) {
        await v.page.evaluate(() => {
          window.print = () => { document.body.dataset.printed = 'yes' }
        })
        await v.button(words.print).click()
        assert.equal(await v.page.locator('body').getAttribute('data-printed'), 'yes')
      }
      await v.page.emulateMedia({ media: 'print' })
      const paper = await v.text()
      await v.page.screenshot({ path: stage.picture(`paper-${tenant}`), fullPage: true })
      for (const code of codes) assert.ok(paper.includes(code))
      assert.match(paper, /extra4/)
      assert.match(paper, words.date)
      assert.equal(await v.page.getByRole('button').count(), 0, 'no buttons on paper')
      await v.page.emulateMedia({ media: 'screen' })
    })

    await t.test('going on needs the word that they are saved', async () => {
      assert.equal(await v.page.locator('#saved').evaluate(box => box.form.checkValidity()), false)
      if (js) {
        await v.context.grantPermissions(['clipboard-read', 'clipboard-write'])
        await v.button(words.copy).click()
        await v.expectSeen(v.notice.filter({ hasText: words.copied }))
        assert.equal(await v.page.evaluate(() => navigator.clipboard.readText()), codes.join('\n'))
      }
      assert.equal(await v.button(words.copy).count(), js ? 1 : 0)
    })

    await t.test('loading the page again leads home and shows none', async () => {
      await v.page.reload()
      await flow.expectHome(v)
      await v.expectSeen(v.notice.filter({ hasText: words.once }), 'how to get others')
      assert.deepEqual(await flow.shownRecoveryCodes(v), [])
      await v.close()
    })
  })
}

for (const js of [true, false]) {
  test(`JavaScript ${js ? 'on' : 'off'}: the codes stay on the page when the file is refused`, async t => {
    const stage = await Stage.open(t)
    const v = await stage.visitor(onScreen, { js })
    await flow.resetPassword(v, 'extra4', GOOD[0])
    await flow.passPassword(v, 'extra4', GOOD[0])
    const { secret } = await flow.beginSetUp(v, 'extra4')
    await flow.typeCode(v, await codeAt(secret, stage.clock.now))
    const codes = await flow.shownRecoveryCodes(v)
    assert.equal(codes.length, 10)
    // Signed out meanwhile; half an hour without a request does the same.
    const other = await v.context.newPage()
    await other.goto(v.portal.address(onScreen, flow.HOME))
    await other.getByRole('button', { name: v.words.signOut, exact: true }).click()
    await other.getByRole('button', { name: v.words.signIn, exact: true }).waitFor()
    const opens = v.context.waitForEvent('page')
    await v.button(said.en.download).click()
    const beside = await opens
    await beside.getByRole('button', { name: v.words.signIn, exact: true }).waitFor()
    assert.deepEqual(await flow.shownRecoveryCodes(v), codes)
    await v.close()
  })
}

test('the file is made of codes only, for somebody who is signed in', async t => {
  const stage = await Stage.open(t, { browser: false })
  const owner = new Client(stage.portal, onScreen)
  const password = freshPassword()
  await owner.reset(await mailedLink(stage, owner, 'demo'), password)
  const { codes } = await owner.enrol('demo', password, stage.clock)
  const file = await owner.send('recovery-codes/file', { codes: codes.join(' ') })
  assert.equal(file.status, 200)
  assert.equal(file.headers['content-disposition'][0], `attachment; filename="recovery-codes-${onScreen}.txt"`)
  assert.match(file.headers['content-type'][0], /^text\/plain/)
  assert.match(file.headers['cache-control'][0], /no-store/)
  for (const odd of ['', '<script>alert(1)</script>', `${codes[0]} x`, [...codes, codes[0]].join(' '), `${codes[0]}\r\nX`]) {
    assert.equal((await owner.send('recovery-codes/file', { codes: odd })).status, 400, odd)
  }
  const stranger = new Client(stage.portal, onScreen)
  assert.equal((await stranger.send('recovery-codes/file', { codes: codes[0] })).status, 303)
})
