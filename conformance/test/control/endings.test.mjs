import assert from 'node:assert/strict'
import { Inbox } from '../../harness/inbox.mjs'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { request } from '../../harness/wire.mjs'

const context = useServer()

forEachSdk('endings', ({ fresh, ...sdk }) => {
  const { Sandbox } = sdk
  const ENDED = /killed or reached its end of life/

  promise('a command whose sandbox is killed ends with a TimeoutError that says why', async (t) => {
    const sandbox = await fresh(t)
    const out = new Inbox()
    const handle = await sandbox.commands.run('echo started; sleep 1000', {
      background: true,
      timeoutMs: 0,
      onStdout: (text) => out.push(text),
    })
    await out.untilText('started\n')
    await sandbox.kill()
    await failure(handle.wait(), sdk.TimeoutError, ENDED)
    assert.equal(handle.stdout, 'started\n')
    assert.equal(handle.exitCode, undefined)
  })

  promise('a terminal, a watch and a waiting command of a killed sandbox end with a TimeoutError, too', async (t) => {
    const sandbox = await fresh(t)
    const terminal = await sandbox.pty.create({ cols: 80, rows: 24, onData: () => {}, timeoutMs: 0 })
    const exits = new Inbox()
    await sandbox.files.watchDir('/tmp', () => {}, { timeoutMs: 0, onExit: (error) => exits.push(error ?? 'no error') })
    const waiting = await sandbox.commands.run('mkfifo endless; cat endless', { background: true, timeoutMs: 0 })
    await sandbox.kill()
    await failure(terminal.wait(), sdk.TimeoutError, ENDED)
    await failure(waiting.wait(), sdk.TimeoutError, ENDED)
    const error = await exits.until(([first]) => first)
    assert.ok(error instanceof sdk.TimeoutError, String(error))
  })

  promise('30 streams of one killed sandbox all end', async (t) => {
    const sandbox = await fresh(t)
    const handles = await Promise.all(
      Array.from({ length: 30 }, () => sandbox.commands.run('sleep 1000', { background: true, timeoutMs: 0 })),
    )
    await sandbox.kill()
    for (const handle of handles) await failure(handle.wait(), sdk.TimeoutError, ENDED)
  })

  promise('a command whose sandbox pauses is cut off and does not report an exit', async (t) => {
    const sandbox = await fresh(t)
    const handle = await sandbox.commands.run('sleep 1000', { background: true, timeoutMs: 0 })
    await sandbox.pause()
    await failure(handle.wait(), sdk.TimeoutError)
  })

  for (const signal of ['SIGTERM', 'SIGKILL']) {
    promise(`sandboxes, keys and tokens outlive a server that ends by ${signal}`, async (t) => {
      const sandbox = await fresh(t, { timeoutMs: 900_000, metadata: { mark: signal } })
      await sandbox.files.write('kept', 'over the restart')
      const handle = await sandbox.commands.run('exec sleep 1000', { background: true, timeoutMs: 0 })
      await handle.disconnect()
      const before = await sandbox.getInfo()
      const url = await sandbox.downloadUrl('kept')
      await context.server.restart(signal)
      assert.deepEqual(await sandbox.getInfo(), before)
      assert.equal(await sandbox.files.read('kept'), 'over the restart')
      assert.equal((await sandbox.commands.run(`kill -0 ${handle.pid} && echo alive`)).stdout, 'alive\n')
      assert.equal((await request(url)).body, 'over the restart')
      assert.equal((await Sandbox.list({ query: { metadata: { mark: signal } } }).nextItems())[0].sandboxId, sandbox.sandboxId)
      await sandbox.setTimeout(600_000)
    })
  }

  promise('a server that is shutting down finishes its current requests', async (t) => {
    const sandbox = await fresh(t)
    const out = new Inbox()
    const running = sandbox.commands.run('echo started; sleep 1.5; echo finished', { onStdout: (text) => out.push(text) })
    await out.untilText('started\n')
    const restarted = context.server.restart('SIGTERM')
    assert.equal((await running).stdout, 'started\nfinished\n')
    assert.equal(await restarted, 0)
  })

  promise('a server that is shutting down cuts off endless streams and exits with 0', async (t) => {
    const sandbox = await fresh(t)
    const handle = await sandbox.commands.run('sleep 1000', { background: true, timeoutMs: 0 })
    const cut = failure(handle.wait(), sdk.SandboxError)
    assert.equal(await context.server.restart('SIGTERM'), 0)
    await cut
    assert.equal((await sandbox.commands.run(`kill -0 ${handle.pid} && echo alive`)).stdout, 'alive\n')
  })
})
