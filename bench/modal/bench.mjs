// Compares ext.modal with Modal's own SDK, alternately at the same fake Modal.
import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startSandboxer } from '../../conformance/harness/program.mjs'
import { load, machine } from '../e2b/machine.mjs'
import { Samples } from '../e2b/samples.mjs'

for (const name of Object.keys(process.env)) if (name.startsWith('MODAL_')) delete process.env[name]
process.env.MODAL_CONFIG_PATH = '/nonexistent/modal.toml'
const require = createRequire(import.meta.url)
const { ModalClient } = await import('../../conformance/node_modules/modal/dist/index.js')

const RESULTS = fileURLToPath(new URL('../RESULTS.md', import.meta.url))
const SDK = require('../../conformance/node_modules/modal/package.json').version
const TOKEN = { id: 'ak-bench', secret: 'as-bench' }
const IMAGE = 'debian:13'
const HEAP_MIB = 128 // maximum heap of the adapter's JVM
const MIB = 1 << 20
const AT_ONCE = 32

function parse(args) {
  const options = { quick: false, record: false }
  for (const arg of args) {
    if (!['--quick', '--record'].includes(arg)) {
      console.error(`unknown argument ${arg}; usage: bench/modal/run.sh [--quick] [--record]`)
      process.exit(2)
    }
    options[arg.slice(2)] = true
  }
  return options
}

const options = parse(process.argv.slice(2))
const size = (whole, quick) => (options.quick ? quick : whole)
const note = (text) => process.stderr.write(`bench: ${text}\n`)
const home = mkdtempSync(join(os.tmpdir(), 'sbx-bm-'))

/** Starts the fake Modal that both sides use. */
async function startCloud() {
  const args = ['fake-cloud', 'modal', '--port', '0', '--token', `${TOKEN.id}:${TOKEN.secret}`, '--home', join(home, 'h')]
  const child = startSandboxer(home, args)
  child.stderr.resume()
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => resolve(/^listening on (http:\S+)$/.exec(line)?.[1]))
    child.once('close', (code) => reject(new Error(`fake-cloud ended with ${code}`)))
  })
  return { child, url }
}

/** Modal's SDK, unmodified. */
class Sdk {
  name = `modal ${SDK}`

  constructor(url) {
    Object.assign(process.env, { MODAL_SERVER_URL: url, MODAL_TOKEN_ID: TOKEN.id, MODAL_TOKEN_SECRET: TOKEN.secret })
    this.client = new ModalClient({ logLevel: 'error' })
  }

  async #create() {
    this.app ??= await this.client.apps.fromName('bench', { createIfMissing: true })
    this.image ??= await this.client.images.fromRegistry(IMAGE).build(this.app)
    return this.client.sandboxes.create(this.app, this.image, { cpu: 0.5, memoryMiB: 256, timeoutMs: 600_000 })
  }

  async #run(sandbox, argv) {
    const process = await sandbox.exec(argv, { mode: 'binary' })
    let bytes = 0
    for await (const chunk of process.stdout) bytes += chunk.length
    const code = await process.wait()
    if (code !== 0) throw new Error(`the command ended with ${code}`)
    return bytes
  }

  async life() {
    const sandbox = await this.#create()
    try {
      await this.#run(sandbox, ['true'])
    } finally {
      await sandbox.terminate({ wait: true })
    }
  }

  /** Returns the milliseconds and the growth of the heap in bytes. */
  async output(bytes) {
    const sandbox = await this.#create()
    try {
      await this.#run(sandbox, ['true'])
      global.gc?.()
      const before = heap()
      let most = before
      const watch = setInterval(() => (most = Math.max(most, heap())), 2)
      const start = performance.now()
      const got = await this.#run(sandbox, ['head', '-c', `${bytes}`, '/dev/zero'])
      const ms = performance.now() - start
      clearInterval(watch)
      if (got !== bytes) throw new Error(`received ${got} bytes instead of ${bytes}`)
      return { ms, grown: Math.max(most, heap()) - before }
    } finally {
      await sandbox.terminate({ wait: true })
    }
  }

  close() {
    this.client.close()
  }
}

function heap() {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Runs ext.modal in a JVM of its own, which gets tasks on its standard input. */
class Adapter {
  name = 'ext.modal'
  #tasks = new Map()
  #count = 0

  constructor(url) {
    const jvm = ['--enable-native-access=ALL-UNNAMED', `-Xmx${HEAP_MIB}m`, '-cp', process.env.BENCH_CLASSPATH, 'Adapter']
    this.child = spawn(process.env.BENCH_JAVA, [...jvm, url, TOKEN.id, TOKEN.secret, IMAGE, home], { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const [number, ...answer] = line.split(' ')
      this.#tasks.get(number)(answer)
    })
    this.child.once('close', (code) => {
      for (const answer of this.#tasks.values()) answer(['failed', `ext.modal's JVM ended with ${code}`])
    })
  }

  async #ask(task) {
    const number = `${this.#count++}`
    const answer = await new Promise((resolve) => {
      this.#tasks.set(number, resolve)
      this.child.stdin.write(`${number} ${task}\n`)
    })
    if (answer[0] === 'failed') throw new Error(answer.slice(1).join(' '))
    return answer.map(Number)
  }

  life() {
    return this.#ask('life')
  }

  async output(bytes) {
    const [ms, grown] = await this.#ask(`output ${bytes}`)
    return { ms, grown }
  }

  close() {
    this.child.stdin.end()
  }
}

async function oneByOne(side, rounds) {
  const samples = new Samples()
  for (let i = 0; i < rounds; i++) await samples.time(() => side.life())
  return samples
}

/** Runs `count` actions, 32 at a time. Each is followed by the next at once. */
async function parallel(side, count) {
  const samples = new Samples()
  let left = count
  const start = performance.now()
  const worker = async () => {
    while (left-- > 0) await samples.time(() => side.life())
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return { samples, perSecond: (samples.succeeded * 1000) / (performance.now() - start) }
}

const row = (name, ...cells) => `| ${name.padEnd(46)} | ${cells.map((cell) => String(cell).padStart(12)).join(' | ')} |`

/** The figures of both sides, side by side. */
function table(sides, figures) {
  const lines = [row('', ...sides.map((side) => side.name)), row('---', ...sides.map(() => '--:'))]
  for (const [name, cells] of figures) lines.push(row(name, ...cells))
  return lines
}

async function measure(sides) {
  const figures = []
  note('warming up')
  for (const side of sides) await oneByOne(side, size(20, 3))
  for (const side of sides) await parallel(side, size(2 * AT_ONCE, AT_ONCE))
  note('one by one')
  const single = []
  for (const side of sides) single.push(await oneByOne(side, size(60, 10)))
  for (const p of [50, 95]) figures.push([`create, exec and terminate, p${p} ms`, single.map((one) => one.percentile(p).toFixed(1))])
  note(`${AT_ONCE} at once`)
  const many = []
  for (const side of sides) many.push(await parallel(side, size(8 * AT_ONCE, AT_ONCE)))
  figures.push([`the same, ${AT_ONCE} at once, a second`, many.map((one) => one.perSecond.toFixed(1))])
  const all = [...single, ...many.map((one) => one.samples)]
  figures.push(['good %', sides.map((_, i) => Math.min(single[i].successPercent, many[i].samples.successPercent).toFixed(1))])
  note('100 MB of output')
  const outputs = []
  for (const side of sides) {
    await side.output(size(100, 10) * MIB) // warms up both sides
    const rounds = []
    for (let i = 0; i < size(5, 2); i++) rounds.push(await side.output(100 * MIB))
    outputs.push(rounds.toSorted((a, b) => a.ms - b.ms)[Math.floor(rounds.length / 2)])
  }
  figures.push(['100 MiB through exec stdout, median ms', outputs.map(({ ms }) => ms.toFixed(0))])
  figures.push(['the heap beside it, garbage too, MiB more', outputs.map(({ grown }) => (grown / MIB).toFixed(0))])
  const failed = all.find((samples) => samples.failure)
  return [...table(sides, figures), ...(failed ? ['', `Failed: ${failed.failure.message.split('\n')[0]}`] : [])]
}

const cloud = await startCloud()
const sides = [new Sdk(cloud.url), new Adapter(cloud.url)]
const where = machine(options.quick)
let lines
try {
  lines = await measure(sides)
} finally {
  for (const side of sides) side.close()
  const ended = new Promise((resolve) => cloud.child.once('close', resolve))
  cloud.child.kill('SIGTERM')
  await ended
  rmSync(home, { recursive: true, force: true })
}
const title = where.title.replace('through the E2B SDK', 'ext.modal beside Modal’s SDK')
const about = where.lines.map((line) => (line.startsWith('- client:') ? `- client: modal ${SDK} on node ${process.version}; ext.modal in a JVM of ${HEAP_MIB} MiB` : line))
const text = `${[`## ${title}`, '', ...about, `- load at the end ${load()}`, '', 'At the same fake Modal, over loopback:', '', ...lines].join('\n')}\n`
console.log(text)
if (options.record) appendFileSync(RESULTS, `\n${text}`)
process.exit(0) // the SDK's idle connections would keep this process alive
