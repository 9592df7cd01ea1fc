// The services that the suite runs against, and what differs between them. SUITE_HOST names the one of this run.
import { AxumHost } from './axum_host.mjs'
import { Clock } from './clock.mjs'
import { Portal } from './portal.mjs'
import { RealClock } from './real_clock.mjs'

const hosts = {
  portal: {
    Service: Portal,
    Clock,
    /** The tenants: the language of their people, and whether the set-up of the app comes by mail. */
    tenants: {
      noord: { lang: 'nl', name: 'Arbodienst Noord', mailed: true, help: 'help@noord.example' },
      zuid: { lang: 'en', name: 'Arbodienst Zuid', mailed: false, help: 'help@zuid.example' },
    },
    /** The one person of each tenant whose mail and pages are in the other language. */
    guest: 'extra8',
    /** Somebody who may not sign in. */
    disabled: 'disabled',
    /** Passwords that no tenant accepts, each for another reason. */
    refused: ['Kort-7x', 'nogsteedsnietgoed', '12345678901234567890'],
    cookies: 'portal',
    /** The page of the account, and the service's own page after the sign-in, by its heading. */
    account: '',
    ownHome: undefined,
    /** The connections of one client, as the service has them by default. */
    ofOneClient: 256,
    movesClock: true,
    hasMailbox: true,
    hasOptions: true,
    hasJsonApi: true,
    logsWarnings: true,
  },
  'axum-host': {
    Service: AxumHost,
    Clock: RealClock,
    tenants: { host: { lang: 'en', name: 'Example', mailed: false } },
    refused: ['Kort-7x', 'nog-een-kort-', '123456789012'],
    cookies: 'slotwerk',
    account: 'account',
    ownHome: 'Dashboard',
    ofOneClient: 100,
    movesClock: false,
    hasMailbox: false,
    hasOptions: false,
    hasJsonApi: false,
    logsWarnings: false,
  },
}

const name = process.env.SUITE_HOST || 'portal'
export const host = hosts[name]
if (!host) throw new Error(`SUITE_HOST=${name}: the suite knows ${Object.keys(hosts).join(' and ')}`)

const needs = (has, reason) => ({ skip: has ? false : reason })

/** Options of a test that not every service fits. */
export const movingClock = needs(host.movesClock, 'needs a clock that the test moves')
export const severalTenants = needs(Object.keys(host.tenants).length > 1, 'needs two tenants')
export const portalOptions = needs(host.hasOptions, 'needs the options of the portal')
export const warnings = needs(host.logsWarnings, 'needs a log')

/** The name of a tenant's cookie: `session`, `flow` or `device`. */
export const cookieName = (kind, tenant) => `${host.cookies}-${kind}-${tenant}`
