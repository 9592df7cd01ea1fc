// Two versions of the portal on one database, behind a proxy that sends each request to the other one.
// `.ci/run proof` builds the older portal and runs this. By hand: build a portal of an older commit, name it in
// PORTAL_OLD_BIN, and run: .ci/servers start postgres haproxy && eval "$(.ci/servers env)" && run.sh proof/*.test.mjs
import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { test } from 'node:test'
import * as flow from '../lib/flow.mjs'
import { Nodes } from '../lib/nodes.mjs'
import { BIN } from '../lib/portal.mjs'
import { newDatabase, postgresRows } from '../lib/servers.mjs'
import { Stage, story } from '../lib/stage.mjs'
import { GOOD } from '../lib/words.mjs'

const latestSchema = async databaseUrl =>
  Number((await postgresRows(databaseUrl, 'SELECT MAX(version) FROM slotwerk_schema'))[0])

/** The older portal creates the tables. The current one changes them while the older one serves. */
class Upgrade extends Nodes {
  constructor(options, databaseUrl) {
    const older = process.env.PORTAL_OLD_BIN
    assert.ok(older, 'PORTAL_OLD_BIN must name a portal whose schema is one version older')
    super(options, databaseUrl, [], [older, BIN])
    this.databaseUrl = databaseUrl
  }

  async start() {
    const [older, current] = this.all
    await older.start()
    this.before = await latestSchema(this.databaseUrl)
    await current.start()
    this.after = await latestSchema(this.databaseUrl)
    await this.bothServe()
    return this
  }
}

function figure(line) {
  console.log(line)
  if (process.env.SLOTWERK_FIGURES) appendFileSync(process.env.SLOTWERK_FIGURES, `${line}\n`)
}

test('two versions on PostgreSQL', async t => {
  const databaseUrl = await newDatabase('postgres', 'slotwerk_portal_versions')
  const stage = await Stage.open(t, { smtp: false, makePortal: options => new Upgrade(options, databaseUrl) })
  const nodes = stage.portal
  const [older] = nodes.all
  const step = story(t, stage)
  let served

  /** The whole flow, each page on the other version. Returns the node of each page. */
  const wholeFlow = async (v, login) => {
    const first = v.documents.length
    const { secret } = await flow.become(v, login, GOOD[0])
    await flow.signOut(v)
    await flow.signInAgain(v, login, GOOD[0], secret)
    const documents = v.documents.slice(first)
    nodes.expectTurns(documents)
    await v.close()
    return documents.map(document => nodes.of(document).port)
  }

  await step('the current portal migrates the tables', async () => {
    assert.equal(nodes.after, nodes.before + 1, 'PORTAL_OLD_BIN must be of the previous schema version')
    await nodes.readiness(200, 'ready')
  })

  await step('each step of the flow is on another version', async () => {
    served = await wholeFlow(await nodes.pagesOnly(await stage.visitor('noord')), 'extra1')
  })

  await step('the older portal starts on the migrated tables', async () => {
    await older.restart()
    await nodes.bothServe()
    await nodes.readiness(200, 'ready')
  })

  await step('each step is on the version that did not serve it', async () => {
    const v = await nodes.pagesOnly(await stage.visitor('noord'))
    do await flow.visit(v, flow.SIGN_IN)
    while (nodes.of(v.document).port !== served[0])
    const again = await wholeFlow(v, 'extra2')
    assert.equal(again.length, served.length)
    for (const [index, port] of again.entries()) assert.notEqual(port, served[index], `page ${index}`)
  })

  figure(`two versions on PostgreSQL, schemas ${nodes.before} and ${nodes.after}: the flow of two people, ` +
    `${2 * served.length} pages by turns; each version served each page`)
})
