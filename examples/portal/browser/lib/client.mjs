// A person, or an attacker, without a browser: keeps cookies, takes the form's token along, follows nothing.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { cookieName } from './hosts.mjs'
import { exchange, Jar } from './http.mjs'
import { FORM } from './forms.mjs'
import { aboutReset, resetLink } from './mail.mjs'
import { codeAt, groupedSecret } from './totp.mjs'
import { address } from './words.mjs'

export const encodeFields = fields => new URLSearchParams(fields).toString()

/** A page's text without its tags and its data. */
export const textOf = answer =>
  answer.text.replace(/<script[^>]*>.*?<\/script>/gs, ' ').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

export class Client {
  jar = new Jar()

  /** `more` goes into every request, as `exchange` takes it: another local address, say, is another client. */
  constructor(portal, tenant, { headers = {}, more = {} } = {}) {
    Object.assign(this, { portal, tenant, headers, more })
  }

  /** An address below the tenant's, or a whole one. */
  where(page) {
    return /^https?:/.test(page) ? page : this.portal.address(this.tenant, page)
  }

  /** The path of a page of this tenant, as redirects name it. */
  path(page = '') {
    return this.portal.path(this.tenant, page)
  }

  /** The name of a cookie of this tenant: `session`, `flow` or `device`. */
  cookie(kind) {
    return cookieName(kind, this.tenant)
  }

  async ask(page, { method = 'GET', headers = {}, ...rest } = {}) {
    const answer = await exchange(this.where(page), {
      more: this.more, ...rest, method, headers: { Cookie: this.jar.header, ...this.headers, ...headers },
    })
    this.jar.keep(answer)
    this.csrf = tokenIn(answer) ?? this.csrf
    return answer
  }

  /** Sends a form, with the token of the last page seen; `fields` may be a body that is encoded already. */
  async send(page, fields, { headers = {}, ...rest } = {}) {
    if (!this.csrf) await this.ask('sign-in')
    const body = typeof fields === 'string' ? `csrf=${this.csrf}&${fields}` : encodeFields({ csrf: this.csrf, ...fields })
    return this.ask(page, { method: 'POST', headers: { 'Content-Type': FORM, ...headers }, body, ...rest })
  }

  forgot(login, options) {
    return this.send('forgot', { login }, options)
  }

  /** Opens the link and saves a password, as a person would. */
  async reset(link, password) {
    const page = await this.ask(link)
    assert.equal(page.status, 200, `the link opens:\n${textOf(page)}`)
    const answer = await this.save(link, password)
    assert.equal(answer.status, 303, `the password is saved:\n${textOf(answer)}`)
    return answer
  }

  save(link, password) {
    return this.send(link, { password })
  }

  password(login, password) {
    return this.send('sign-in', { login, password })
  }

  /** User name and password, which must be right. */
  async pass(login, password) {
    const answer = await this.password(login, password)
    assert.equal(answer.status, 303, `${login} is let on:\n${textOf(answer)}`)
    assert.equal(locationOf(answer), this.path('second-factor'))
    return answer
  }

  chooseApp() {
    return this.send('second-factor', { factor: 'app' })
  }

  code(code) {
    return this.send('second-factor/verify', { code })
  }

  /** From the password to the home page, setting the app up; at a tenant that shows the secret on the page. */
  async enrol(login, password, clock) {
    await this.pass(login, password)
    return this.setUp(clock)
  }

  /** The second half of `enrol`, after the password. */
  async setUp(clock) {
    assert.equal(locationOf(await this.chooseApp()), this.path('second-factor/enrol'))
    const secret = groupedSecret(textOf(await this.ask('second-factor/enrol')))
    const done = await this.send('second-factor/enrol', { code: await codeAt(secret, clock.now) })
    assert.equal(done.status, 200, `set up:\n${textOf(done)}`)
    await this.expectSignedIn()
    const codes = [...done.text.matchAll(/<code>([0-9A-Z-]+)<\/code>/g)].map(([, code]) => code)
    return { secret, codes }
  }

  /** From the password to the home page with the app's next code. */
  async signIn(login, password, secret, clock) {
    await clock.nextCode()
    await this.pass(login, password)
    assert.equal(locationOf(await this.chooseApp()), this.path('second-factor/verify'))
    const answer = await this.code(await codeAt(secret, clock.now))
    assert.equal(locationOf(answer), this.path(), textOf(answer))
    await this.expectSignedIn()
  }

  async isSignedIn() {
    const home = await this.ask('')
    if (home.status === 200) return true
    assert.equal(home.status, 303, textOf(home))
    assert.equal(locationOf(home), this.path('sign-in'))
    return false
  }

  async expectSignedIn() {
    assert.equal(await this.isSignedIn(), true, 'signed in')
  }

  async expectSignedOut() {
    assert.equal(await this.isSignedIn(), false, 'not signed in')
  }
}

export const locationOf = answer => answer.headers.location?.[0]

/** The token against cross-site requests in a page's forms, if it has one. */
export const tokenIn = answer => answer.text.match(/name="csrf" value="([^"]+)"/)?.[1]

/** Asks for a link and waits for its mail. */
export async function mailedLink(stage, client, login) {
  const to = address(client.tenant, login)
  const seen = await stage.letters.count(to, aboutReset)
  const answer = await client.forgot(login)
  assert.equal(answer.status, 200, textOf(answer))
  return resetLink(await stage.letters.next(to, aboutReset, seen))
}

const LETTERS = 'acegiklpquwybdfn'

/** A password that both tenants accept, and that nobody had before: no letter twice, so no run and no repetition. */
export const freshPassword = () => {
  const left = [...LETTERS]
  const drawn = Array.from({ length: 12 }, () => left.splice(randomInt(left.length), 1)[0])
  return `Riet9-${drawn.join('')}.Molen_Dijk`
}

export const tally = answers => answers.reduce((found, { status }) => ({ ...found, [status]: (found[status] ?? 0) + 1 }), {})
