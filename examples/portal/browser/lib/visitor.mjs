// A person with a browser: finds controls by role and name only, and notices what the browser complains of.
import assert from 'node:assert/strict'
import { SIZES } from './browser.mjs'
import { tenants, words } from './words.mjs'

const TIMEOUT = 45_000
const LOCALES = { nl: 'nl-NL', en: 'en-GB', fr: 'fr-FR' }

export class Visitor {
  /** `lang` is what the browser asks for; by default the tenant's own language. */
  static async open(stage, tenant, { lang = tenants[tenant].lang, js = true, size = 'desktop', scale = 1 } = {}) {
    const context = await stage.browser.newContext({
      locale: LOCALES[lang],
      viewport: SIZES[size],
      deviceScaleFactor: scale,
      javaScriptEnabled: js,
      reducedMotion: 'reduce',
      isMobile: false,
    })
    context.setDefaultTimeout(TIMEOUT)
    const visitor = new Visitor()
    Object.assign(visitor, {
      stage, portal: stage.portal, tenant, context, js, size,
      acceptLanguage: LOCALES[lang], documents: [], complaints: [],
    })
    visitor.speak(words[lang] ? lang : tenants[tenant].lang)
    visitor.page = await context.newPage()
    visitor.#watch()
    stage.visitors.add(visitor)
    return visitor
  }

  /** From here on the pages are expected in this language. */
  speak(lang) {
    this.words = words[lang]
    return this
  }

  async close() {
    this.stage.visitors.delete(this)
    await this.context.close()
    assert.deepEqual(this.complaints, [], 'the browser complained')
  }

  #watch() {
    this.page.on('response', response => {
      const asked = response.request()
      if (asked.isNavigationRequest() && response.frame() === this.page.mainFrame()) this.documents.push(response)
    })
    this.page.on('pageerror', error => this.complaints.push(`script: ${error.message}`))
    this.page.on('console', message => {
      // A blocked inline style or script shows only here. A 4xx page is logged too, and is no fault.
      // Only the page's own count: a mail on show in a frame is somebody else's document.
      if (message.location().url === this.page.url() && /Content Security Policy|Refused to/i.test(message.text())) {
        this.complaints.push(message.text())
      }
    })
    this.page.on('requestfailed', failed => {
      // As above: what a mail in a frame asks for, and does not get, is not the page's fault.
      if (!failed.isNavigationRequest() && failed.frame() !== this.page.mainFrame()) return
      const reason = failed.failure()?.errorText ?? ''
      // Left before it was loaded, or a way back to a page that was not to be stored: neither is a fault.
      if (!/ERR_ABORTED|ERR_CACHE_MISS/.test(reason)) this.complaints.push(`${failed.method()} ${failed.url()}: ${reason}`)
    })
  }

  /** The answer that the page on show came with. */
  get document() {
    return this.documents.at(-1)
  }

  get status() {
    return this.document.status()
  }

  async go(address) {
    await this.page.goto(new URL(address, this.portal.url).href)
    return this
  }

  // A form that answers with itself leaves the address unchanged, so the load is what tells of the new page.
  async press(control) {
    const loaded = this.page.waitForEvent('load')
    loaded.catch(() => {})
    await control.click()
    await loaded
    return this.document
  }

  /** Switches the browser's own checks off, to see the server's. */
  async unchecked() {
    await this.page.evaluate(() => {
      for (const form of document.forms) form.noValidate = true
    })
    return this
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true })
  }

  link(name) {
    return this.page.getByRole('link', { name, exact: true })
  }

  /** A field by its label; password fields have no role of their own. */
  field(label) {
    return this.page.getByLabel(label, { exact: true })
  }

  heading(name) {
    return this.page.getByRole('heading', { name, exact: true })
  }

  get notice() {
    return this.page.getByRole('status')
  }

  get alert() {
    return this.page.getByRole('alert')
  }

  async text() {
    return this.page.locator('body').innerText()
  }

  async expectSeen(locator, what) {
    await locator.first().waitFor({ state: 'visible' }).catch(async () => {
      assert.fail(`not on ${this.page.url()}: ${what ?? locator}\n${(await this.text()).slice(0, 1500)}`)
    })
    return this
  }

  /** The language of the page, the one heading, the title: what every page has. */
  async expectWholePage() {
    assert.equal(await this.page.locator('html').getAttribute('lang'), this.words.lang, `language of ${this.page.url()}`)
    assert.equal(await this.page.getByRole('heading', { level: 1 }).count(), 1, `one first heading on ${this.page.url()}`)
    assert.ok((await this.page.title()).trim(), 'a title')
  }
}
