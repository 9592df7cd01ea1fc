// Child processes with captured output: started, awaited, ended, and never left behind.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export class Child {
  stdout = ''
  stderr = ''

  constructor(command, args, { env, cwd } = {}) {
    this.name = command.split('/').at(-1)
    this.process = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(this.process)
    for (const stream of ['stdout', 'stderr']) {
      this.process[stream].setEncoding('utf8').on('data', text => {
        this[stream] += text
      })
    }
    // 'close' comes after the last byte of output, 'exit' may come before it.
    this.ended = new Promise((resolve, reject) => {
      this.process.once('error', reject)
      this.process.once('close', (code, signal) => resolve({ code, signal }))
    }).finally(() => running.delete(this.process))
    this.ended.catch(() => {})
  }

  /** Resolves with the match once the output so far matches; fails if the process ends first. */
  async says(pattern, seconds = 30) {
    const deadline = Date.now() + seconds * 1000
    let ended = false
    this.ended.then(() => (ended = true), () => (ended = true))
    for (;;) {
      const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr)
      if (match) return match
      if (ended) throw new Error(`${this.name} ended before it said ${pattern}:\n${this.stdout}${this.stderr}`)
      if (Date.now() > deadline) throw new Error(`${this.name} did not say ${pattern}:\n${this.stdout}${this.stderr}`)
      await pause(20)
    }
  }

  /** Sends the signal and waits for the end; a process that ignores it is killed and is a failure. */
  async stop(signal = 'SIGTERM', seconds = 15) {
    this.process.kill(signal)
    const late = setTimeout(() => this.process.kill('SIGKILL'), seconds * 1000)
    const end = await this.ended
    clearTimeout(late)
    if (end.signal === 'SIGKILL') throw new Error(`${this.name} did not end within ${seconds} s of ${signal}`)
    return end
  }
}

/** Runs a command to its end and returns its exit code and output; it must end within the time. */
export async function run(command, args, { env, cwd, seconds = 60 } = {}) {
  const child = new Child(command, args, { env, cwd })
  const late = setTimeout(() => child.process.kill('SIGKILL'), seconds * 1000)
  const { code, signal } = await child.ended
  clearTimeout(late)
  if (signal) throw new Error(`${child.name} was ended by ${signal}:\n${child.stdout}${child.stderr}`)
  return { code, stdout: child.stdout, stderr: child.stderr }
}

/** For polling something outside this process; nothing in the suite waits for time to pass. */
export const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Calls `look` until it returns something other than undefined, null or false. */
export async function eventually(look, what, seconds = 60) {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${typeof what === 'function' ? what() : what}`)
    await pause(50)
  }
}

/** A port that nothing listens on now. */
export async function freePort() {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
