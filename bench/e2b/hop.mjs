// Measures the time that a forwarding `sandboxer serve` adds: the same calls of the official SDK, alternately to the server that
// runs the sandbox and to a second one in front of it. Prints the figures; doesn't record them in RESULTS.md.
import { Sandbox } from '../../conformance/node_modules/e2b/dist/index.mjs'
import { LOCAL, Server } from '../../conformance/harness/server.mjs'
import { Samples } from './samples.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 50 : 300
const WARM_UP = quick ? 50 : 200
const KIB = 'x'.repeat(1024)
const PER_SECOND = 200
const SECONDS = quick ? 3 : 10

async function sandboxAt(server, options) {
  const env = server.environment((await server.createKey(LOCAL)).key)
  const connection = { apiKey: env.E2B_API_KEY, apiUrl: env.E2B_API_URL, sandboxUrl: env.E2B_SANDBOX_URL }
  return Sandbox.create('base', { ...connection, ...options })
}

const calls = {
  'exec of `true`': (sandbox) => sandbox.commands.run('true'),
  'file write, 1 KiB': (sandbox, i) => sandbox.files.write(`file-${i % 100}`, KIB),
  'file read, 1 KiB': (sandbox, i) => sandbox.files.read(`file-${i % 50}`),
}

/** Starts calls at a fixed rate, however long earlier ones take. Times count from the planned start. */
async function atRate(samples, call) {
  const begin = performance.now()
  const pending = []
  for (let i = 0; i < PER_SECOND * SECONDS; i++) {
    const due = begin + (1000 * i) / PER_SECOND
    while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, due - performance.now()))
    pending.push(samples.timeFrom(due, () => call(i)))
  }
  await Promise.all(pending)
}

function line(name, n, samples) {
  const failure = samples.map((one) => one.failure).find(Boolean)
  if (failure) throw failure
  const [direct, passed] = samples.map((one) => [50, 95].map((percent) => one.percentile(percent)))
  const figures = [...direct, ...passed, passed[0] - direct[0]].map((ms) => ms.toFixed(2))
  console.log(`| ${name} | ${n} | ${figures.join(' | ')} | ${(passed[0] / direct[0]).toFixed(2)} |`)
}

const outer = await Server.start(2)
try {
  const ways = [await sandboxAt(outer.last, { timeoutMs: 1_800_000 }), await sandboxAt(outer, { timeoutMs: 1_800_000 })]
  console.log('| | n | direct p50 ms | p95 | one hop more p50 ms | p95 | added p50 ms | ratio |\n|---|--:|--:|--:|--:|--:|--:|--:|')
  for (const [name, call] of Object.entries(calls)) {
    for (let i = 0; i < WARM_UP; i++) for (const sandbox of ways) await call(sandbox, i)
    const samples = ways.map(() => new Samples())
    for (let i = 0; i < ROUNDS; i++) {
      for (const way of [0, 1]) await samples[way].time(() => call(ways[way], i))
    }
    line(name, ROUNDS, samples)
  }
  const samples = ways.map(() => new Samples())
  for (let half = 0; half < 2; half++) {
    for (const way of half ? [1, 0] : [0, 1]) await atRate(samples[way], (i) => calls['file read, 1 KiB'](ways[way], i))
  }
  line(`file read at ${PER_SECOND}/s`, 2 * PER_SECOND * SECONDS, samples)
  for (const sandbox of ways) await sandbox.kill()
} finally {
  await outer.close()
}
process.exit(0) // the SDK's idle connections would keep this process alive
