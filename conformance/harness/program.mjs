import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const dist = process.env.SANDBOXER_DIST ?? fileURLToPath(new URL('../../cli/target/sandboxer', import.meta.url))
const program = `${dist}/bin/sandboxer`
if (!existsSync(program)) {
  throw new Error(`no distribution at ${dist}; build one (./sandboxer --version) or name one with SANDBOXER_DIST`)
}

const environment = (home) => ({ ...process.env, SANDBOXER_HOME: home, SANDBOXER_AOT: process.env.SANDBOXER_AOT ?? 'off' })

/** Starts `sandboxer` and returns the child process. `env` adds variables to its environment. */
export function startSandboxer(home, args, env = {}) {
  return spawn(program, args, { env: { ...environment(home), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs a `sandboxer` command and returns its output. Fails unless the command succeeds. */
export async function sandboxer(home, args, env) {
  const child = startSandboxer(home, args, env)
  const { code, out, err } = await ended(child)
  if (code !== 0) throw new Error(`sandboxer ${args.join(' ')} ended with ${code}: ${out}${err}`)
  return out
}

/** Waits for a child process and returns `{ code, out, err }`. `code` is the signal's name when a signal ended it. */
export async function ended(child) {
  const [out, err] = [[], []]
  child.stdout.on('data', (chunk) => out.push(chunk))
  child.stderr.on('data', (chunk) => err.push(chunk))
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => resolve(signal ?? status))
  })
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}

/** Ends all local sandboxes of a home synchronously, those of every consumer. */
export function destroyAllNow(home) {
  spawnSync(program, ['destroy', '--all'], { env: environment(home), timeout: 60_000 })
  for (const sandbox of leftovers(home)) {
    try {
      const { pid, pidStart } = JSON.parse(readFileSync(`${home}/local/s/${sandbox}/launched`, 'utf8'))
      if (startOf(pid) === pidStart) process.kill(pid, 'SIGKILL')
    } catch {
      // the sandbox has just ended
    }
  }
}

/** Returns the start time of a process in ticks. It differs from that of a later process with the same pid. */
function startOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}

/** Lists the directories of local sandboxes that still exist. */
export function leftovers(home) {
  const sandboxes = `${home}/local/s`
  return existsSync(sandboxes) ? readdirSync(sandboxes) : []
}

/** Returns the resident memory of a process in KiB. */
export function residentKiB(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])
}
