// The JSON API as a developer calls it: openapi-typescript makes every type below from the OpenAPI document.
import createClient, { type Client } from 'openapi-fetch'
import type { components, operations, paths } from './schema.js'

type Schemas = components['schemas']

/** `true` if a value that a later version adds is of the type. */
type IsOpen<Value> = string extends NonNullable<Value> ? true : false

/** Fails to compile when one of them is closed: a new value would then break the clients that exist. */
export const openEnums: [
  IsOpen<Schemas['Next']['next']>,
  IsOpen<Schemas['Problem']['code']>,
  IsOpen<Schemas['SetUp']['delivery']>,
  IsOpen<Schemas['SetUp']['mail']>,
  IsOpen<Schemas['Requirement']['state']>,
  IsOpen<Schemas['Requirement']['code']>,
  IsOpen<Schemas['Session']['password_standing']>,
] = [true, true, true, true, true, true, true]

/** The names by which generated clients call the operations. */
export const operationIds: (keyof operations)[] = ['getCsrfToken', 'signIn', 'verifyCode', 'getSession', 'listSessions', 'signOut']

/** Why an operation was refused. */
export class Refused extends Error {
  constructor(readonly problem: Schemas['Problem']) {
    super(`${problem.status} ${problem.code}: ${problem.title}`)
  }
}

type Answer<Data> = { data?: Data; error?: Schemas['Problem'] }

/** The person at a client, from the mailed link to the end of the session. */
export class Person {
  readonly #client: Client<paths>
  readonly #isApp: boolean
  #csrf = ''
  #session: string | undefined
  #state: string | null | undefined

  constructor(baseUrl: string, mode: 'app' | 'browser', fetch: (request: Request) => Promise<Response>) {
    this.#client = createClient<paths>({ baseUrl, fetch, headers: { 'x-slotwerk-mode': mode } })
    this.#isApp = mode === 'app'
    this.#client.use({
      onRequest: ({ request }) => {
        if (this.#session) request.headers.set('Authorization', `Bearer ${this.#session}`)
        if (this.#csrf) request.headers.set('x-csrf-token', this.#csrf)
        return request
      },
    })
  }

  /** The data of an answer, after it was looked through for what app mode keeps. */
  #taken<Data extends object>({ data, error }: Answer<Data>): Data {
    const app: Schemas['AppPart'] = data ?? error ?? {}
    if (app.session) this.#session = app.session
    if (this.#isApp && app.state !== undefined) this.#state = app.state
    if (error) throw new Refused(error)
    if (!data) throw new Error('an answer without data')
    return data
  }

  get #flow(): { state?: string } {
    return this.#state ? { state: this.#state } : {}
  }

  /** In browser mode: the token that each POST carries. */
  async begin(): Promise<void> {
    if (!this.#isApp) this.#csrf = this.#taken(await this.#client.GET('/csrf')).csrf_token
  }

  async forgot(login: string): Promise<string> {
    return this.#taken(await this.#client.POST('/password-reset/request', { body: { login, ...this.#flow } })).next
  }

  async requirements(token: string): Promise<string[]> {
    const { requirements } = this.#taken(await this.#client.POST('/password-reset/inspect', { body: { token } }))
    return requirements.map(({ code, state }) => `${code}: ${state}`)
  }

  async setPassword(token: string, password: string): Promise<string> {
    return this.#taken(await this.#client.POST('/password-reset/complete', { body: { token, password } })).next
  }

  async signIn(login: string, password: string): Promise<string> {
    return this.#taken(await this.#client.POST('/sign-in', { body: { login, password, ...this.#flow } })).next
  }

  async beginSetUp(): Promise<string> {
    const { set_up } = this.#taken(await this.#client.POST('/second-factor/set-up/begin', { body: this.#flow }))
    if (!set_up?.secret) throw new Error(`a set-up by ${set_up?.delivery}`)
    return set_up.secret
  }

  async confirmSetUp(code: string): Promise<string[]> {
    const { recovery_codes } = this.#taken(await this.#client.POST('/second-factor/set-up/confirm', { body: { code, ...this.#flow } }))
    return recovery_codes ?? []
  }

  async verify(code: string): Promise<string> {
    return this.#taken(await this.#client.POST('/second-factor/verify', { body: { code, ...this.#flow } })).next
  }

  async account(): Promise<Schemas['Session']> {
    return this.#taken(await this.#client.GET('/session'))
  }

  async sessions(): Promise<Schemas['SessionItem'][]> {
    return this.#taken(await this.#client.GET('/sessions')).sessions
  }

  async rename(name: string): Promise<(string | null | undefined)[]> {
    const [first] = this.#taken(await this.#client.GET('/authenticators')).authenticators
    if (!first) throw new Error('no authenticator')
    const body = { id: first.id, name, ...this.#flow }
    return this.#taken(await this.#client.POST('/authenticators/rename', { body })).authenticators.map(one => one.name)
  }

  async signOut(): Promise<string> {
    return this.#taken(await this.#client.POST('/sign-out', { body: this.#flow })).next
  }
}
