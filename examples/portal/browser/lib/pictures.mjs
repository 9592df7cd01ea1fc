// The few pictures that the documentation shows, copied from the screenshots when UPDATE_PICTURES is 1.
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SHOTS } from './stage.mjs'

const PICTURES = fileURLToPath(new URL('../../pictures/', import.meta.url))
const LARGEST_PICTURE = 250 * 1024

export function keep(pictures) {
  if (process.env.UPDATE_PICTURES !== '1') return
  mkdirSync(PICTURES, { recursive: true })
  for (const picture of pictures) {
    const file = join(SHOTS, `${picture}.png`)
    assert.ok(statSync(file).size < LARGEST_PICTURE, `${picture} is too large for the repository`)
    copyFileSync(file, join(PICTURES, `${picture}.png`))
  }
}
