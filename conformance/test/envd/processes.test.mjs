import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Inbox } from '../../harness/inbox.mjs'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { call } from '../../harness/wire.mjs'

const context = useServer()
const UNKNOWN_PID = 4_000_000

forEachSdk('processes', ({ shared, ...sdk }) => {
  let gates = 0
  /** Returns a command that waits until `open()` is called. */
  const gated = async (before, then) => {
    const sandbox = await shared()
    const gate = `/tmp/gate-${sdk.version}-${gates++}`
    return {
      sandbox,
      command: `${before}; while [ ! -e ${gate} ]; do sleep 0.02; done; ${then}`,
      open: () => sandbox.files.write(gate, ''),
    }
  }
  const start = async (command, options) => (await shared()).commands.run(command, { background: true, ...options })

  promise('a background command returns its handle at once, and wait returns its result', async () => {
    const { command, open } = await gated('echo before', 'echo after')
    const handle = await start(command)
    assert.ok(handle.pid > 0)
    assert.equal(handle.exitCode, undefined)
    await open()
    const result = await handle.wait()
    assert.equal(result.stdout, 'before\nafter\n')
    assert.equal(handle.exitCode, 0)
    assert.equal(handle.stdout, 'before\nafter\n')
  })

  promise('waiting for a background command that fails throws CommandExitError', async () => {
    const error = await failure((await start('exit 9')).wait(), sdk.CommandExitError)
    assert.equal(error.exitCode, 9)
  })

  promise('a killed command ends with exit code -1 and "signal: killed"', async () => {
    const handle = await start('sleep 1000')
    assert.equal(await handle.kill(), true)
    const error = await failure(handle.wait(), sdk.CommandExitError)
    assert.equal(error.exitCode, -1)
    assert.equal(error.error, 'signal: killed')
    assert.equal(await handle.kill(), false)
  })

  promise('killing a command by handle, pid or timeout ends all processes that it started', async () => {
    const sandbox = await shared()
    const family = (name) => `bash -c 'exec -a ${name} sleep 1000' & (exec -a ${name} sleep 1000 & wait) & exec -a ${name} sleep 1000`
    const alive = async (name) => (await sandbox.commands.run(`pgrep -fc '^${name}( |$)' || true`)).stdout.trim()
    const gone = async (name) => {
      for (let tries = 0; (await alive(name)) !== '0'; tries++) assert.ok(tries < 100, `${await alive(name)} processes of ${name} still run`)
    }
    const ways = {
      handle: (handle) => handle.kill(),
      pid: (handle) => sandbox.commands.kill(handle.pid),
    }
    for (const [name, kill] of Object.entries(ways)) {
      const handle = await start(family(`by-${name}`), { timeoutMs: 0 })
      while (Number(await alive(`by-${name}`)) < 3);
      assert.equal(await kill(handle), true)
      assert.equal((await failure(handle.wait(), sdk.CommandExitError)).error, 'signal: killed')
      await gone(`by-${name}`)
    }
    const limited = await start(family('by-limit'), { timeoutMs: 1500 })
    await failure(limited.wait(), sdk.TimeoutError)
    await gone('by-limit')
  })

  promise('a killed command ends without waiting for a process that has left its group', async () => {
    const sandbox = await shared()
    const gate = `/tmp/left-${sdk.version}`
    const command = `setsid sh -c 'until [ -e ${gate} ]; do echo on; sleep 0.01; done' & sleep 1000`
    const handle = await start(command, { timeoutMs: 0 })
    await handle.kill()
    assert.equal((await failure(handle.wait(), sdk.CommandExitError)).error, 'signal: killed')
    await failure(sandbox.commands.run(command, { timeoutMs: 1000 }), sdk.TimeoutError)
    await sandbox.files.write(gate, '')
  })

  promise('killing an unknown process returns false', async () => {
    assert.equal(await (await shared()).commands.kill(UNKNOWN_PID), false)
  })

  promise('a command outlives its disconnected client, and a new client gets the later output', async () => {
    const { sandbox, command, open } = await gated('echo before', 'echo after; exit 4')
    const seen = new Inbox()
    const handle = await start(command, { onStdout: (text) => seen.push(text) })
    await seen.untilText('before\n')
    await handle.disconnect()
    const again = await sandbox.commands.connect(handle.pid)
    assert.equal(again.pid, handle.pid)
    await open()
    const error = await failure(again.wait(), sdk.CommandExitError)
    assert.equal(error.exitCode, 4)
    assert.equal(error.stdout, 'after\n')
    assert.equal(seen.text, 'before\n')
  })

  promise('all clients of one command see its output and its end', async () => {
    const { sandbox, command, open } = await gated(':', 'echo for all')
    const first = await start(command)
    const others = await Promise.all([1, 2, 3].map(() => sandbox.commands.connect(first.pid)))
    await open()
    for (const handle of [first, ...others]) assert.equal((await handle.wait()).stdout, 'for all\n')
  })

  promise('a command that has just ended can still be asked for its exit code', async () => {
    const handle = await start('exit 6')
    await failure(handle.wait(), sdk.CommandExitError)
    const late = await (await shared()).commands.connect(handle.pid)
    assert.equal((await failure(late.wait(), sdk.CommandExitError)).exitCode, 6)
  })

  promise('connecting to an unknown process throws NotFoundError', async () => {
    await failure((await shared()).commands.connect(UNKNOWN_PID), sdk.NotFoundError, /process with pid 4000000 not found/)
  })

  promise('the list shows running processes with their command until they end', async () => {
    const sandbox = await shared()
    const handle = await start('sleep 1000', { cwd: '/tmp', envs: { MARK: 'listed' } })
    const found = (await sandbox.commands.list()).find((process) => process.pid === handle.pid)
    assert.equal(found.cmd, '/bin/bash')
    assert.deepEqual(found.args, ['-l', '-c', 'sleep 1000'])
    assert.equal(found.envs.MARK, 'listed')
    assert.equal(found.cwd, '/tmp')
    await handle.kill()
    await failure(handle.wait(), sdk.CommandExitError)
    assert.ok(!(await sandbox.commands.list()).some((process) => process.pid === handle.pid))
  })

  promise('stdin is delivered, and closing it sends the end of file', async () => {
    const sandbox = await shared()
    const handle = await start('cat; echo end', { stdin: true })
    await sandbox.commands.sendStdin(handle.pid, 'first\n')
    await handle.sendStdin(new TextEncoder().encode('second ü\n'))
    await handle.closeStdin()
    assert.equal((await handle.wait()).stdout, 'first\nsecond ü\nend\n')
  })

  promise('an interactive command answers each line as it is sent', async () => {
    const out = new Inbox()
    const handle = await start('while read -r line; do echo "got $line"; done', { stdin: true, onStdout: (text) => out.push(text) })
    for (const word of ['one', 'two', 'three']) {
      await handle.sendStdin(`${word}\n`)
      await out.untilText(`got ${word}\n`)
    }
    await handle.closeStdin()
    await handle.wait()
  })

  promise('binary stdin of a megabyte arrives byte for byte', async () => {
    const bytes = Buffer.alloc(1 << 20)
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >> 8)) & 0xff
    const handle = await start('sha256sum', { stdin: true })
    for (let at = 0; at < bytes.length; at += 1 << 18) await handle.sendStdin(bytes.subarray(at, at + (1 << 18)))
    await handle.closeStdin()
    assert.equal((await handle.wait()).stdout.split(' ')[0], createHash('sha256').update(bytes).digest('hex'))
  })

  promise('input for a command without stdin is an error', async () => {
    const handle = await start('sleep 1000')
    await failure(handle.sendStdin('unwanted'), sdk.SandboxError)
    await handle.kill()
  })

  promise('stdin may be closed twice', async () => {
    const { command, open } = await gated('cat', 'echo still here')
    const handle = await start(command, { stdin: true })
    await handle.closeStdin()
    await handle.closeStdin()
    await open()
    assert.equal((await handle.wait()).stdout, 'still here\n')
  })

  promise('input for an unknown process throws NotFoundError', async () => {
    await failure((await shared()).commands.sendStdin(UNKNOWN_PID, 'hello'), sdk.NotFoundError)
  })

  promise('SIGTERM can be caught by the command', async () => {
    const out = new Inbox()
    const handle = await start(`trap 'exit 5' TERM; echo ready; while :; do sleep 0.02; done`, { onStdout: (text) => out.push(text) })
    await out.untilText('ready\n')
    const { status } = await call(context.server, await shared(), 'process.Process/SendSignal', {
      process: { pid: handle.pid },
      signal: 'SIGNAL_SIGTERM',
    })
    assert.equal(status, 200)
    assert.equal((await failure(handle.wait(), sdk.CommandExitError)).exitCode, 5)
  })

  promise('a background command is killed after its timeoutMs', async () => {
    const handle = await start('exec sleep 1000', { timeoutMs: 1000 })
    await failure(handle.wait(), sdk.TimeoutError, /deadline_exceeded/)
    const { stdout } = await (await shared()).commands.run(`while kill -0 ${handle.pid} 2>/dev/null; do sleep 0.05; done; echo gone`)
    assert.equal(stdout, 'gone\n')
  })

  promise('the handle has the pid that the process has in the sandbox', async () => {
    const handle = await start('echo $$')
    assert.equal((await handle.wait()).stdout, `${handle.pid}\n`)
  })
})
