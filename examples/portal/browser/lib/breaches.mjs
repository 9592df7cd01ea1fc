// A filter of breached passwords, made by the operator's tool.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BIN } from './portal.mjs'

export const TOOL = resolve(process.env.SLOTWERK_BIN || join(BIN, '../slotwerk'))

/** The portal's options with a filter in which these passwords are. */
export function breachFilter(dir, leaked) {
  const [list, filter] = [join(dir, 'leaked.txt'), join(dir, 'leaked.filter')]
  writeFileSync(list, leaked.map(password => `${password}\n`).join(''))
  const built = spawnSync(TOOL, ['blocklist', 'build', '--words', list, '--bits', '32', '-o', filter], { encoding: 'utf8' })
  assert.equal(built.status, 0, `${TOOL}: ${built.error ?? built.stderr}`)
  return ['--breach-filter', filter]
}
