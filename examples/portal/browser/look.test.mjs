// A picture of every page of both tenants, for people to look at.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SIZES } from './lib/browser.mjs'
import { keep } from './lib/pictures.mjs'
import { SHOTS, Stage } from './lib/stage.mjs'
import { tour } from './lib/tour.mjs'
import { tenants } from './lib/words.mjs'

// One width of each tenant is kept for the documentation, and what the README shows besides.
const KEPT = picture => /^(noord-phone|zuid-desktop)-/.test(picture) || picture === 'zuid-phone-set-up'
// It holds every mail of the tour; the newest show what it is.
const CUT_OFF = 'mailbox'

for (const [tenant, { lang }] of Object.entries(tenants)) {
  test(`${tenant}: a picture of every page`, async t => {
    const stage = await Stage.open(t, { smtp: false })
    mkdirSync(SHOTS, { recursive: true })
    const taken = []
    const v = await tour(stage, tenant, { login: 'demo', lang }, async ({ page }, name) => {
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport)
        const picture = `${tenant}-${size}-${name}`
        await page.screenshot({ path: join(SHOTS, `${picture}.png`), fullPage: name !== CUT_OFF, animations: 'disabled' })
        taken.push(picture)
      }
      await page.setViewportSize(SIZES.desktop)
    })
    await v.close()
    const kept = taken.filter(KEPT)
    assert.ok(kept.length > 20, 'pictures for the documentation')
    keep(kept)
  })
}
