import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ended } from './program.mjs'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const CLI = path('../node_modules/.bin/e2b')

/** The official command line in its own home directory. It is not logged in and can't leave this machine. */
export class E2bCli {
  constructor(home, environment) {
    this.env = {
      PATH: process.env.PATH,
      HOME: home,
      NO_UPDATE_NOTIFIER: '1',
      NO_COLOR: '1',
      FORCE_COLOR: '0',
      NODE_OPTIONS: `--import=${path('./loopback.mjs')}`,
      ...environment,
    }
  }

  /** Runs a command and returns `{ code, out, err }`. `input` is piped into it; without input it has no stdin. */
  run(args, { input } = {}) {
    return this.#finish(spawn(CLI, args, { env: this.env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] }), input)
  }

  /** Like `run`, but on a terminal. */
  onTerminal(args, input) {
    const quoted = [CLI, ...args].map((word) => `'${word}'`).join(' ')
    return this.#finish(spawn('script', ['-qefc', quoted, '/dev/null'], { env: { ...this.env, TERM: 'xterm' }, stdio: 'pipe' }), input)
  }

  #finish(child, input) {
    if (input !== undefined) child.stdin.end(input)
    return ended(child)
  }
}
