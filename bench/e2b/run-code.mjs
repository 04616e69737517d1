// Compares `runCode` of the official code interpreter SDK with the kernel's own round trip, and the creation of a sandbox with the start of
// a kernel.
//   node bench/e2b/run-code.mjs [--quick]     prints the figures. SANDBOXER_DIST names a distribution to measure.
import { Sandbox } from '../../conformance/node_modules/@e2b/code-interpreter/dist/index.mjs'
import { installInterpreter } from '../../conformance/harness/interpreter.mjs'
import { LOCAL, Server } from '../../conformance/harness/server.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 100 : 500
const WARM_UP = quick ? 50 : 200
const STARTS = quick ? 5 : 20

/** A program in the sandbox that prints the times of executions through jupyter_client, then of a kernel's start. */
const KERNEL = `
import json, sys, time
from jupyter_client.manager import start_new_kernel

def executed(client):
    began = time.perf_counter()
    request = client.execute('1+1')
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message['parent_header'].get('msg_id') == request and message['content'].get('execution_state') == 'idle':
            break
    client.get_shell_msg(timeout=60)
    return 1000 * (time.perf_counter() - began)

starts = []
for _ in range(${STARTS}):
    began = time.perf_counter()
    manager, client = start_new_kernel()
    executed(client)
    starts.append(1000 * (time.perf_counter() - began))
    if len(starts) < ${STARTS}:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
trips = [executed(client) for _ in range(${WARM_UP + ROUNDS})][${WARM_UP}:]
manager.shutdown_kernel(now=True)
print(json.dumps({'starts': starts, 'trips': trips}))
`

const percentile = (list, percent) => [...list].sort((a, b) => a - b)[Math.ceil((list.length * percent) / 100) - 1]
const line = (name, list) => console.log(`| ${name.padEnd(62)} | ${String(list.length).padStart(4)} | ${percentile(list, 50).toFixed(2)} | ${percentile(list, 95).toFixed(2)} |`)

async function timed(action) {
  const began = performance.now()
  await action()
  return performance.now() - began
}

const server = await Server.start()
try {
  Object.assign(process.env, server.environment((await server.createKey(LOCAL)).key))
  await installInterpreter(server)
  const [creations, firsts] = [[], []]
  for (let i = 0; i < STARTS; i++) {
    let made
    creations.push(await timed(async () => (made = await Sandbox.create())))
    firsts.push(creations.at(-1) + (await timed(() => made.runCode('1+1'))))
    await made.kill()
  }
  const sandbox = await Sandbox.create({ timeoutMs: 1_800_000 })
  for (let i = 0; i < WARM_UP; i++) await sandbox.runCode('1+1')
  const calls = []
  for (let i = 0; i < ROUNDS; i++) calls.push(await timed(() => sandbox.runCode('1+1')))
  const { stdout } = await sandbox.commands.run(`/usr/bin/python3 - <<'EOF'\n${KERNEL}\nEOF`, { timeoutMs: 600_000 })
  const { starts, trips } = JSON.parse(stdout)
  console.log('| | n | p50 ms | p95 ms |\n|---|--:|--:|--:|')
  line('runCode of `1+1`', calls)
  line('the kernel’s own round trip of `1+1`, in the same sandbox', trips)
  line('starting a kernel anew, until it has run `1+1`', starts)
  line('create of a sandbox from the template', creations)
  line('create, until the first runCode of `1+1` has answered', firsts)
  const ratio = percentile(calls, 50) / percentile(trips, 50)
  console.log(`\nrunCode is ${ratio.toFixed(2)} times the kernel’s own round trip (aim: 3 at most)`)
  const [part, first] = [creations, firsts].map((list) => percentile(list, 50) / percentile(starts, 50))
  console.log(`create is ${part.toFixed(2)} times starting a kernel anew (aim: 0.3 at most), until the first runCode ${first.toFixed(2)} times`)
} finally {
  await server.close()
}
