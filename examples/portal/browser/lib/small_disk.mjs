// A file system of a few megabytes, to be filled up. Mounting takes root, or sudo.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { scratchDir } from './stage.mjs'

const BLOCK = Buffer.alloc(4096)

export class SmallDisk {
  constructor(t, size) {
    this.dir = join(scratchDir(t), 'disk')
    mkdirSync(this.dir)
    asRoot('mount', '-t', 'tmpfs', '-o', `size=${size},mode=0777`, 'tmpfs', this.dir)
  }

  at(name) {
    return join(this.dir, name)
  }

  /** Until the last block is used. */
  fill() {
    const file = openSync(this.at('filler'), 'a')
    try {
      for (;;) writeSync(file, BLOCK)
    } catch (error) {
      assert.equal(error.code, 'ENOSPC')
    } finally {
      closeSync(file)
    }
  }

  free() {
    rmSync(this.at('filler'))
  }

  /** After the portal has ended; `-l`, since a test that failed may have left a file open. */
  unmount() {
    asRoot('umount', '-l', this.dir)
  }
}

function asRoot(...command) {
  const [name, ...args] = process.getuid() === 0 ? command : ['sudo', '-n', ...command]
  const { status, stderr, error } = spawnSync(name, args, { encoding: 'utf8' })
  assert.equal(status, 0, `${command.join(' ')}: ${error ?? stderr}`)
}
