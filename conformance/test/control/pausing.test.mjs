import assert from 'node:assert/strict'
import { eventually } from '../../harness/inbox.mjs'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { api } from '../../harness/wire.mjs'

const context = useServer()

forEachSdk('pausing', ({ fresh, ...sdk }) => {
  const { Sandbox } = sdk

  promise('pause returns true once, then false, and the state is paused', async (t) => {
    const sandbox = await fresh(t)
    assert.equal(await sandbox.pause(), true)
    assert.equal(await sandbox.pause(), false)
    assert.equal((await sandbox.getInfo()).state, 'paused')
    assert.equal(await sandbox.isRunning(), false)
  })

  promise('a paused sandbox takes no commands and no files', async (t) => {
    const sandbox = await fresh(t)
    await sandbox.pause()
    await failure(sandbox.commands.run('true'), sdk.SandboxNotFoundError)
    await failure(sandbox.files.read('x'), sdk.TimeoutError)
    await failure(sandbox.setTimeout(60_000), sdk.SandboxError, /^409: /)
  })

  promise('connecting resumes a sandbox with its files, processes and memory', async (t) => {
    const sandbox = await fresh(t)
    await sandbox.files.write('kept', 'on disk')
    const handle = await sandbox.commands.run('secret=$RANDOM$RANDOM; echo $secret > first; while [ ! -e ask ]; do sleep 0.05; done; echo $secret > second', {
      background: true,
      timeoutMs: 0,
    })
    await eventually(() => sandbox.files.exists('first'), 'the process to write')
    await handle.disconnect()
    await sandbox.pause()
    const resumed = await Sandbox.connect(sandbox.sandboxId)
    assert.equal((await resumed.getInfo()).state, 'running')
    assert.equal(await resumed.files.read('kept'), 'on disk')
    await resumed.files.write('ask', '')
    await eventually(() => resumed.files.exists('second'), 'the process to go on')
    assert.equal(await resumed.files.read('second'), await resumed.files.read('first'))
    assert.equal(await sandbox.files.read('kept'), 'on disk', 'the token is still the same')
  })

  promise('the sandbox object that was paused works after connect', async (t) => {
    const sandbox = await fresh(t)
    await sandbox.pause()
    await sandbox.connect({ timeoutMs: 900_000 })
    assert.equal(await sandbox.isRunning(), true)
    assert.equal((await sandbox.commands.run('echo back')).stdout, 'back\n')
    assert.ok((await sandbox.getInfo()).endAt - Date.now() > 600_000)
  })

  promise('betaPause does the same as pause', async (t) => {
    const sandbox = await fresh(t)
    assert.equal(await sandbox.betaPause(), true)
    assert.equal(await Sandbox.betaPause(sandbox.sandboxId), false)
  })

  promise('pausing and resuming five times loses nothing', async (t) => {
    const sandbox = await fresh(t)
    for (let i = 0; i < 5; i++) {
      await sandbox.commands.run(`echo ${i} >> rounds`)
      assert.equal(await sandbox.pause(), true)
      await sandbox.connect()
    }
    assert.equal(await sandbox.files.read('rounds'), '0\n1\n2\n3\n4\n')
  })

  promise('a paused sandbox can be killed', async (t) => {
    const sandbox = await fresh(t)
    await sandbox.pause()
    assert.equal(await sandbox.kill(), true)
    await failure(sandbox.connect(), sdk.SandboxNotFoundError)
  })

  promise('a pause without memory keeps the disk, and the sandbox restarts', async (t) => {
    const sandbox = await fresh(t)
    await sandbox.files.write('kept', 'on disk')
    await sandbox.files.write('/dev/shm/lost', 'in memory')
    const handle = await sandbox.commands.run('setsid sleep 1000 & exec sleep 1000', { background: true, timeoutMs: 0 })
    await handle.disconnect()
    assert.equal(await sandbox.pause({ keepMemory: false }), true)
    assert.equal(await sandbox.pause({ keepMemory: false }), false)
    assert.equal((await sandbox.getInfo()).state, 'paused')
    await sandbox.connect()
    assert.equal(await sandbox.files.read('kept'), 'on disk')
    assert.equal(await sandbox.files.exists('/dev/shm/lost'), false)
    assert.deepEqual(await sandbox.commands.list(), [])
    assert.equal((await sandbox.commands.run('pgrep -c sleep || true')).stdout, '0\n')
    await sandbox.commands.run('echo more >> kept')
    assert.equal(await sandbox.pause(), true, 'and it can be paused again, with its memory')
  })

  if (sdk.sendsOnResume) {
    promise('a resume with onResume: reboot restarts the sandbox or is refused', async (t) => {
      const sandbox = await fresh(t)
      await sandbox.files.write('kept', 'on disk')
      const handle = await sandbox.commands.run('exec sleep 1000', { background: true, timeoutMs: 0 })
      await handle.disconnect()
      await sandbox.pause()
      const resumed = await sandbox.connect({ onResume: 'reboot' }).catch((error) => error)
      if (resumed instanceof Error) {
        assert.match(resumed.message, /^4\d\d: .*memory/i)
        await sandbox.connect()
        return
      }
      assert.equal(await sandbox.files.read('kept'), 'on disk')
      await failure(sandbox.commands.run(`kill -0 ${handle.pid}`), sdk.CommandExitError)
    })
  }

  promise('a sandbox that pauses at its timeout can be resumed with its files', async (t) => {
    const sandbox = await fresh(t, { timeoutMs: 600_000, lifecycle: { onTimeout: 'pause' } })
    assert.equal((await sandbox.getInfo()).lifecycle.onTimeout, 'pause')
    await sandbox.files.write('kept', 'over the end')
    await sandbox.setTimeout(1500)
    await eventually(async () => (await sandbox.getInfo()).state === 'paused', 'the sandbox to pause')
    await sandbox.connect({ timeoutMs: 300_000 })
    assert.equal(await sandbox.files.read('kept'), 'over the end')
  })

  promise('auto-resume on traffic works or is refused at creation', async (t) => {
    const made = await Sandbox.create({ lifecycle: { onTimeout: 'pause', autoResume: true } }).catch((error) => error)
    if (made instanceof Error) {
      assert.match(made.message, /^4\d\d: .*autoResume/i)
      return
    }
    t.after(() => made.kill())
    assert.deepEqual((await made.getInfo()).lifecycle, { onTimeout: 'pause', autoResume: true })
    await made.pause()
    assert.equal((await made.commands.run('echo woken')).stdout, 'woken\n')
  })
})

promise('the old resume route resumes a paused sandbox and refuses a running one', async () => {
  const post = (path, body) => api(context.server, context.key, 'POST', path, body)
  const { sandboxID } = (await post('/sandboxes', { templateID: 'base', timeout: 300 })).json
  assert.equal((await post(`/sandboxes/${sandboxID}/pause`)).status, 204)
  const resumed = await post(`/sandboxes/${sandboxID}/resume`, { timeout: 300 })
  assert.equal(resumed.status, 201)
  assert.equal(resumed.json.sandboxID, sandboxID)
  const again = await post(`/sandboxes/${sandboxID}/resume`, { timeout: 300 })
  assert.equal(again.status, 409)
  assert.equal(again.json.code, 409)
  await api(context.server, context.key, 'DELETE', `/sandboxes/${sandboxID}`)
})

promise('the status of connect shows whether the sandbox was resumed', async () => {
  for (const version of ['', '/v2']) {
    const post = (path, body) => api(context.server, context.key, 'POST', path, body)
    const { sandboxID } = (await post(`${version}/sandboxes`, { templateID: 'base', timeout: 300 })).json
    assert.equal((await post(`${version}/sandboxes/${sandboxID}/connect`, { timeout: 300 })).status, 200)
    await post(`/sandboxes/${sandboxID}/pause`, {})
    assert.equal((await post(`${version}/sandboxes/${sandboxID}/connect`, { timeout: 300 })).status, 201)
    await api(context.server, context.key, 'DELETE', `/sandboxes/${sandboxID}`)
  }
})
