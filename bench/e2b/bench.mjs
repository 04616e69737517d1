// Measures the speed and the memory of `sandboxer serve` through the official E2B SDK, unmodified.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Sandbox } from '../../conformance/node_modules/e2b/dist/index.mjs'
import { residentKiB } from '../../conformance/harness/program.mjs'
import { LOCAL, Server } from '../../conformance/harness/server.mjs'
import { machine } from './machine.mjs'
import { Report } from './report.mjs'
import { Samples } from './samples.mjs'

const RESULTS = fileURLToPath(new URL('../RESULTS.md', import.meta.url))
const HOLLOW = fileURLToPath(new URL('hollow.mjs', import.meta.url))
const BWRAP = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/etc', '--tmpfs', '/home']
const CLEAN = ['--clearenv', '--setenv', 'PATH', '/usr/bin:/bin', '--setenv', 'HOME', '/home', '--unshare-all']
const KIB = 'x'.repeat(1024)

function parse(args) {
  const options = { quick: false, record: false }
  for (const arg of args) {
    if (!['--quick', '--record'].includes(arg)) {
      console.error(`unknown argument ${arg}; usage: bench/e2b/run.sh [--quick] [--record]`)
      process.exit(2)
    }
    options[arg.slice(2)] = true
  }
  return options
}

const options = parse(process.argv.slice(2))
const size = (whole, quick) => (options.quick ? quick : whole)
const note = (text) => process.stderr.write(`bench: ${text}\n`)

/** Creates a sandbox and waits for the output of a program inside. */
async function interactive(connection) {
  return answered(await Sandbox.create('base', connection))
}

async function answered(sandbox) {
  try {
    const { stdout } = await sandbox.commands.run('python3 -V')
    if (!stdout.startsWith('Python 3')) throw new Error(`python3 -V printed ${JSON.stringify(stdout)}`)
  } catch (error) {
    error.sandbox = sandbox
    throw error
  }
  return sandbox
}

/** Runs rounds one after the other. Sandboxes are killed outside of the measured time. */
async function sequential(rounds) {
  const samples = new Samples()
  for (let i = 0; i < rounds; i++) {
    const sandbox = await samples.time(() => interactive())
    await sandbox?.kill()
  }
  return samples
}

/** Starts all at the same moment, after a first burst that warms up both sides. */
async function burst(count, connection) {
  await startedAtOnce(count, connection)
  return startedAtOnce(count, connection)
}

async function startedAtOnce(count, connection) {
  const samples = new Samples()
  const made = await Promise.all(Array.from({ length: count }, () => samples.time(() => interactive(connection))))
  await killAll(made)
  return samples
}

/**
 * Runs the burst in existing sandboxes: the time that would remain if sandboxes were created in advance. Connects to each one, which moves
 * its deadline, instead of creating it.
 */
async function madeBefore(count) {
  const made = await fill(count)
  const samples = new Samples()
  const ready = async ({ sandboxId }) => answered(await Sandbox.connect(sandboxId, { timeoutMs: 1_800_000 }))
  await Promise.all(made.map((sandbox) => samples.time(() => ready(sandbox))))
  await killAll(made)
  return samples
}

/** Runs the burst against a server without sandboxes: the time of the client itself. */
async function clientAlone(count) {
  const server = spawn(process.execPath, [HOLLOW], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const [line] = await once(createInterface(server.stdout), 'line')
    const url = line.split(' ').at(-1)
    return await burst(count, { apiKey: process.env.E2B_API_KEY, apiUrl: url, sandboxUrl: url })
  } finally {
    server.stdin.end()
  }
}

/** Runs the burst in plain bubblewrap, without server, client, stored state and limits. */
async function plainBwrap(count) {
  const samples = new Samples()
  const one = async () => {
    const program = spawn('bwrap', [...BWRAP, ...CLEAN, '/bin/bash', '-l', '-c', 'python3 -V'], { stdio: 'ignore' })
    const [status] = await once(program, 'exit')
    if (status !== 0) throw new Error(`bwrap exited with ${status}`)
  }
  await Promise.all(Array.from({ length: count }, () => samples.time(one)))
  return samples
}

async function repeated(rounds, action) {
  const samples = new Samples()
  for (let i = 0; i < rounds; i++) await samples.time(() => action(i))
  return samples
}

/** Returns the commands per second of `connections` clients, each of which starts the next command when the previous one has ended. */
async function throughput(sandbox, connections, seconds) {
  const samples = new Samples()
  const start = performance.now()
  const end = start + seconds * 1000
  const client = async () => {
    while (performance.now() < end) await samples.time(() => sandbox.commands.run('true'))
  }
  await Promise.all(Array.from({ length: connections }, client))
  return { perSecond: (samples.succeeded * 1000) / (performance.now() - start), samples }
}

async function killAll(sandboxes) {
  const queue = sandboxes.filter(Boolean)
  const worker = async () => {
    for (let sandbox = queue.pop(); sandbox; sandbox = queue.pop()) await sandbox.kill()
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}

/** Creates sandboxes, eight at a time. */
async function fill(count) {
  const made = []
  const worker = async () => {
    while (made.length < count) {
      const place = made.push(undefined) - 1
      made[place] = await Sandbox.create({ timeoutMs: 1_800_000 })
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return made
}

async function measure(server, report) {
  const memory = (name) => report.memory(name, residentKiB(server.pid))
  memory('after the start')
  const first = await interactive()
  memory('after the first sandbox')

  note('warming up')
  await sequential(size(30, 5))
  await repeated(size(200, 20), () => first.commands.run('true'))
  await repeated(size(100, 10), (i) => first.files.write(`warm-${i}`, KIB).then(() => first.files.read(`warm-${i}`)))
  memory('after the warm-up, at rest')

  note('time to interactive')
  report.times('create until `python3 -V` is done, one by one', await sequential(size(50, 10)))
  const many = size(100, 20)
  report.times(`the same, ${many} at once`, await burst(many))
  report.times(`in sandboxes made before, ${many} at once`, await madeBefore(many))
  report.times(`plain bwrap alone, ${many} at once`, await plainBwrap(many))
  report.times(`the SDK alone, ${many} at once`, await clientAlone(many))
  note('round trips')
  report.times('exec of `true`', await repeated(size(300, 50), () => first.commands.run('true')))
  report.times('file write, 1 KiB', await repeated(size(200, 30), (i) => first.files.write(`file-${i}`, KIB)))
  report.times('file read, 1 KiB', await repeated(size(200, 30), (i) => first.files.read(`file-${i}`)))
  note('throughput')
  const { perSecond, samples } = await throughput(first, 32, size(10, 2))
  report.times('exec of `true`, 32 clients at once', samples)
  report.throughput(perSecond)
  const full = size(200, 20)
  note(`${full} sandboxes`)
  const made = await fill(full)
  memory(`with ${full} sandboxes`)
  note('lists beside sandboxes that spin')
  const list = () => Sandbox.list().nextItems()
  report.times(`a list of sandboxes, ${full} at rest`, await repeated(size(150, 30), list))
  const loops = made.slice(0, many).map((one) => one.commands.run('while :; do :; done', { background: true, timeoutMs: 0 }))
  await Promise.all(loops)
  report.times(`the same, ${many} of them spinning`, await repeated(size(150, 30), list))
  note('cleaning up')
  await killAll([...made, first])
  memory('after all of that')
}

const report = new Report(machine(options.quick))
const server = await Server.start()
Object.assign(process.env, server.environment((await server.createKey(LOCAL)).key))
try {
  await measure(server, report)
} finally {
  await server.close()
}
const text = report.text()
console.log(text)
if (options.record) appendFileSync(RESULTS, `\n${text}`)
process.exit(0) // the SDK's idle connections would keep this process alive
