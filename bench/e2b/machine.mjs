import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sdk = createRequire(import.meta.url)('../../conformance/node_modules/e2b/package.json').version
const git = (...args) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim()

function commit() {
  try {
    const id = git('rev-parse', '--short=12', 'HEAD')
    return git('status', '--porcelain', '--untracked-files=no') ? `${id} with changes` : id
  } catch {
    return 'unknown commit'
  }
}

function distribution() {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

export const load = () => os.loadavg()[0].toFixed(2)

/** Describes the machine, commit and client that the figures come from: a title and lines. */
export function machine(quick) {
  const id = commit()
  return {
    title: `${new Date().toISOString().slice(0, 10)}, ${id}, through the E2B SDK${quick ? ' (quick)' : ''}`,
    lines: [
      `- machine: ${os.cpus()[0].model}, ${os.cpus().length} CPUs, ${Math.floor(os.totalmem() / (1 << 20))} MiB; ${distribution()}`,
      `- kernel: ${os.release()} ${os.machine()}`,
      `- client: e2b ${sdk} on node ${process.version}, on the same machine`,
      `- commit: ${id}`,
      `- as ${process.getuid() === 0 ? 'root' : 'a plain user'}, load at the start ${load()}`,
    ],
  }
}
