import assert from 'node:assert/strict'
import { NotFoundError, TimeoutError } from '@e2b/code-interpreter'
import { Inbox, eventually } from '../../harness/inbox.mjs'
import { installKernel, interpreters } from '../../harness/interpreter.mjs'
import { failure, promise, useServer } from '../../harness/suite.mjs'
import { request, toSandbox } from '../../harness/wire.mjs'

const context = useServer()
const { shared, fresh } = interpreters(context)

/** Returns the resident memory of the server inside the sandbox, in MiB. */
async function gatewayMiB(sandbox) {
  const { stdout } = await sandbox.commands.run('ps -o rss= -p $(pgrep -x gateway)')
  return Number(stdout) / 1024
}

promise('an execution that takes too long is interrupted, and the next one keeps the state', async () => {
  const sandbox = await shared()
  await failure(sandbox.runCode("kept = 'kept'\ntry:\n  while True: sum(range(1000))\nexcept KeyboardInterrupt as e:\n  ended = type(e).__name__\n  raise", { timeoutMs: 3000 }), TimeoutError, /timeoutMs/)
  const next = await sandbox.runCode('kept, ended')
  assert.equal(next.text, "('kept', 'KeyboardInterrupt')", JSON.stringify(next))
})

promise('a command that the code waits for is interrupted, too', async () => {
  const sandbox = await shared()
  await failure(sandbox.runCode("import os\nos.system('exec sleep 4321')", { timeoutMs: 3000 }), TimeoutError)
  await sandbox.runCode('1')
  assert.equal((await sandbox.commands.run("pgrep -fc '[s]leep 4321' || true")).stdout, '0\n')
})

promise('a queued execution does not run if its client has disconnected', async () => {
  const sandbox = await shared()
  const out = new Inbox()
  const first = sandbox.runCode("import os, time\nprint('runs')\nwhile not os.path.exists('enough'): time.sleep(0.05)", { onStdout: ({ line }) => out.push(line) })
  await out.untilText('runs')
  await failure(sandbox.runCode('left = True', { timeoutMs: 500 }), TimeoutError)
  await sandbox.files.write('enough', '')
  assert.equal((await first).error, undefined)
  assert.equal((await sandbox.runCode('left')).error.name, 'NameError')
})

promise('code that ignores interrupts is killed, and the next execution reports it', async () => {
  const sandbox = await shared()
  const stubborn = 'import time\nwhile True:\n  try: time.sleep(1000)\n  except KeyboardInterrupt: pass'
  await failure(sandbox.runCode(stubborn, { timeoutMs: 2000 }), TimeoutError)
  const next = await sandbox.runCode('1 + 1')
  assert.equal(next.text, '2')
  assert.match(next.logs.stderr.join(''), /did not stop when interrupted; variables of earlier executions are lost/)
})

promise('a kernel that dies is an error, and the context gets a new kernel', async () => {
  const sandbox = await shared()
  const endings = {
    'os._exit(7)': /ended with exit code 7/,
    'os.kill(os.getpid(), 9)': /ended by SIGKILL/,
    'import ctypes; ctypes.string_at(0)': /ended by SIGSEGV/,
  }
  for (const [code, reason] of Object.entries(endings)) {
    const { error, logs } = await sandbox.runCode(`import os, time\nprint('last words', flush=True)\ntime.sleep(1)\n${code}`)
    assert.equal(error?.name, 'KernelDied', code)
    assert.match(error.value, reason)
    assert.deepEqual(logs.stdout, ['last words\n'], code)
    assert.equal((await sandbox.runCode('1 + 1')).text, '2')
  }
})

promise('a killed server or kernel is restarted', async (t) => {
  const sandbox = await fresh(t)
  for (const victim of ['-x kernel', '-x gateway', '-f [g]ateway.py', '-f [p]ython', 'python3']) {
    assert.equal((await sandbox.runCode('kept = 1\nkept')).text, '1', victim)
    await sandbox.commands.run(`pkill -KILL ${victim}`)
    await eventually(async () => (await sandbox.runCode('kept').catch(() => ({}))).error?.name === 'NameError', `code to run after pkill ${victim}`)
  }
})

promise('code that runs out of memory ends, and the sandbox keeps running', async (t) => {
  const sandbox = await fresh(t)
  const other = await sandbox.createCodeContext()
  await sandbox.runCode('kept = 1', { context: other })
  const { error } = await sandbox.runCode('hoard = []\nwhile True: hoard.append(bytearray(b"x" * (8 << 20)))', { timeoutMs: 120_000 })
  assert.ok(['KernelDied', 'MemoryError'].includes(error.name), JSON.stringify(error))
  assert.equal((await sandbox.runCode('1 + 1')).text, '2')
  assert.equal((await sandbox.runCode('kept', { context: other })).text, '1')
})

promise('100 MB of output arrive with bounded memory', async () => {
  const sandbox = await shared()
  let [length, most] = [0, 0]
  const { error, logs } = await sandbox.runCode("for i in range(50): print('x' * 999_999)\nprint('y' * 50_000_000)", {
    timeoutMs: 170_000,
    onStdout: ({ line }) => {
      length += line.length
      most = Math.max(most, line.length)
    },
  })
  assert.equal(error, undefined)
  assert.equal(length, 100_000_001)
  assert.ok(most <= 1 << 20, `a line has ${most} characters`)
  assert.equal(logs.stdout.at(-1).slice(-3), 'yy\n')
  assert.ok((await gatewayMiB(sandbox)) < 120)
})

promise('endless output waits for its reader, and the code ends when the client leaves', async () => {
  const sandbox = await shared()
  await failure(sandbox.runCode("while True: print('x' * 99_999)", { timeoutMs: 5000 }), TimeoutError)
  assert.equal((await sandbox.runCode('1 + 1')).text, '2')
  assert.ok((await gatewayMiB(sandbox)) < 120)
})

promise('a kernel of another language waits for a slow client, and no output is lost', async (t) => {
  const sandbox = await fresh(t)
  await installKernel(sandbox, 'bash', 'bash_kernel.py')
  const flood = (count) => `line=$(head -c 999999 /dev/zero | tr '\\0' z); for i in $(seq ${count}); do echo "$line"; done`
  const headers = { ...toSandbox(sandbox, 49999), 'content-type': 'application/json' }
  const body = JSON.stringify({ language: 'bash', code: flood(300) })
  const answer = await fetch(`${context.server.url}/execute`, { method: 'POST', headers, body })
  await eventually(async () => (await sandbox.commands.run('ps -o stat= -C python3 | grep T || true')).stdout, 'the kernel to be stopped')
  assert.ok((await gatewayMiB(sandbox)) < 120)
  let length = 0
  for await (const part of answer.body) for (const byte of part) if (byte === 122) length++
  assert.equal(length, 300 * 999_999)
  assert.ok((await gatewayMiB(sandbox)) < 120)
  await failure(sandbox.runCode(flood(1_000_000), { language: 'bash', timeoutMs: 5000 }), TimeoutError)
  assert.deepEqual((await sandbox.runCode('echo 1', { language: 'bash', timeoutMs: 120_000 })).logs.stdout, ['1\n'])
})

promise('a result that is too large fails with that reason', async () => {
  const { error } = await (await shared()).runCode("'x' * 40_000_000")
  assert.equal(error.name, 'ResultTooLarge')
  assert.match(error.value, /write it to a file/)
})

promise('late output of a thread appears in no other execution', async () => {
  const sandbox = await shared()
  await sandbox.runCode("import threading, time\ndef talk():\n  for i in range(200): print('from the thread'); time.sleep(0.01)\nthreading.Thread(target=talk).start()")
  for (let i = 0; i < 5; i++) assert.equal((await sandbox.runCode(String(i))).text, String(i))
})

promise('malformed requests are refused and change nothing', async () => {
  const sandbox = await shared()
  const post = (body) => request(`${context.server.url}/execute`, { method: 'POST', headers: toSandbox(sandbox, 49999), body })
  for (const body of ['', '[]', '{', '{"code": 1}', '{"code": "1", "env_vars": {"a b": "c"}}', '{"code": "1", "env_vars": {"A": 1}}']) {
    assert.equal((await post(body)).status, 400, body)
  }
  await failure(sandbox.runCode('1', { context: { id: '../x' } }), NotFoundError)
  await failure(sandbox.restartCodeContext('nothing'), NotFoundError)
  assert.equal((await sandbox.runCode("'\\ud800'")).error ?? null, null)
  assert.equal((await sandbox.runCode(`len('${'x'.repeat(5_000_000)}')`)).text, '5000000')
})

promise('a removed default context is created again', async () => {
  const sandbox = await shared()
  await sandbox.runCode('gone = 1')
  for (const each of await sandbox.listCodeContexts()) await sandbox.removeCodeContext(each)
  assert.deepEqual(await sandbox.listCodeContexts(), [])
  assert.equal((await sandbox.runCode('gone')).error.name, 'NameError')
  await eventually(async () => (await sandbox.commands.run('pgrep -xc kernel || true')).stdout === '1\n', 'the others’ kernels to end')
})

promise('a sandbox that was paused during an execution still runs code', async (t) => {
  const sandbox = await fresh(t)
  await sandbox.runCode('kept = 1')
  const out = new Inbox()
  const running = sandbox
    .runCode("import time\nprint('runs')\ntime.sleep(3)\nkept = 2", { timeoutMs: 60_000, onStdout: ({ line }) => out.push(line) })
    .catch((error) => error)
  await out.untilText('runs')
  await sandbox.pause()
  await sandbox.connect()
  await running
  assert.match((await sandbox.runCode('kept')).text, /^[12]$/)
})
