// Two portals on one database, behind the proxy that sends each request to the other one.
import assert from 'node:assert/strict'
import { exchange } from './http.mjs'
import { Portal } from './portal.mjs'
import { eventually } from './process.mjs'
import { serverUrl } from './servers.mjs'

const PORTS = (process.env.SLOTWERK_PORTAL_PORTS || '18081 18082').split(' ').map(Number)
const SERVED_BY = 'x-served-by'

/** In place of a `Portal`: what a visitor sees is the proxy. `bins` names a portal for each node. */
export class Nodes {
  constructor(options, databaseUrl, more = [], bins = []) {
    this.url = serverUrl('haproxy')
    this.all = PORTS.map((port, index) => new Portal({
      ...options, databaseUrl, publicUrl: this.url, listenOn: port, bin: bins[index],
      more: ['--trusted-proxies', '127.0.0.1', ...more],
    }))
  }

  /** The first one makes the key file and the tables. */
  async start() {
    for (const node of this.all) await node.start()
    await this.bothServe()
    return this
  }

  /** Stops every node, also after one that ended badly. */
  async stop() {
    const stopped = await Promise.allSettled(this.all.map(node => node.stop()))
    const failed = stopped.find(({ status }) => status === 'rejected')
    if (failed) throw failed.reason
  }

  address(tenant, page = '') {
    return `${this.url}/${tenant}/${page}`
  }

  get running() {
    return this.all.filter(node => node.child)
  }

  /** The node that gave this answer. */
  of(document) {
    return this.all.find(node => document.headers()[SERVED_BY] === `portal-${node.port}`)
  }

  async bothServe() {
    const seen = new Set()
    await eventually(async () => {
      const answer = await exchange(`${this.url}/healthz`)
      if (answer.status === 200) seen.add(answer.headers[SERVED_BY]?.[0])
      return seen.size === this.all.length
    }, 'answers of both portals through the proxy')
  }

  /** Waits until each running node says this of its readiness. */
  async readiness(status, text) {
    for (const node of this.running) {
      await eventually(async () => {
        const answer = await exchange(`${node.url}/readyz`)
        return answer.status === status && answer.text === `${text}\n`
      }, `"${text}" of ${node.url}/readyz`)
    }
  }

  /** Styles and scripts come from a node directly. So of the proxy's requests, each page is on another node than the last. */
  async pagesOnly(v) {
    await v.context.route('**/static/**', async route => {
      const { pathname } = new URL(route.request().url())
      const { status, headers, body } = await exchange(`${this.running[0].url}${pathname}`)
      await route.fulfill({ status, contentType: headers['content-type'][0], body })
    })
    return v
  }

  /** Each of these documents came from another node than the one before it. */
  expectTurns(documents) {
    const nodes = documents.map(document => this.of(document)?.port)
    assert.ok(nodes.length > 5, `${nodes.length} documents`)
    for (const [index, node] of nodes.entries()) {
      assert.ok(node && node !== nodes[index - 1], `taking turns: ${nodes}`)
    }
  }
}
