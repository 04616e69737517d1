import assert from 'node:assert/strict'
import { LOCAL } from '../../harness/server.mjs'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { api, call, request, toSandbox } from '../../harness/wire.mjs'

const context = useServer()
const WRONG_KEY = `e2b_${'0'.repeat(40)}`

forEachSdk('errors', ({ shared, fresh, ...sdk }) => {
  const { Sandbox } = sdk
  const everyCall = (id, options) => [
    () => Sandbox.getInfo(id, options),
    () => Sandbox.connect(id, options),
    () => Sandbox.setTimeout(id, 60_000, options),
    () => Sandbox.pause(id, options),
    () => Sandbox.getMetrics(id, options),
    () => Sandbox.createSnapshot(id, options),
    () => Sandbox.fork(id, options),
  ]
  /** Returns the sandbox as a client with another token has it. */
  const withToken = (sandbox, envdAccessToken) =>
    new Sandbox({ sandboxId: sandbox.sandboxId, sandboxDomain: sandbox.sandboxDomain, envdVersion: '0.6.13', envdAccessToken })

  promise('a wrong key throws AuthenticationError everywhere', async () => {
    const { sandboxId } = await shared()
    const options = { apiKey: WRONG_KEY }
    await failure(Sandbox.create(options), sdk.AuthenticationError)
    await failure(Sandbox.list(options).nextItems(), sdk.AuthenticationError)
    await failure(Sandbox.kill(sandboxId, options), sdk.AuthenticationError)
    for (const ask of everyCall(sandboxId, options)) await failure(ask(), sdk.AuthenticationError)
  })

  promise('a sandbox of another consumer is not found', async (t) => {
    const { sandboxId } = await fresh(t)
    const options = { apiKey: (await context.server.createKey('stranger')).key }
    for (const ask of everyCall(sandboxId, options)) await failure(ask(), sdk.SandboxNotFoundError)
    assert.equal(await Sandbox.kill(sandboxId, options), false)
    assert.deepEqual(await Sandbox.list(options).nextItems(), [])
    assert.equal(await Sandbox.getInfo(sandboxId).then((info) => info.state), 'running')
  })

  promise('a snapshot of another consumer is not found', async (t) => {
    const sandbox = await fresh(t)
    const { snapshotId } = await sandbox.createSnapshot()
    t.after(() => Sandbox.deleteSnapshot(snapshotId))
    const options = { apiKey: (await context.server.createKey('stranger')).key }
    await failure(Sandbox.create(snapshotId, options), sdk.SandboxError, /^40[34]: /)
    assert.deepEqual(await Sandbox.listSnapshots(options).nextItems(), [])
    assert.equal(await Sandbox.deleteSnapshot(snapshotId, options), false)
  })

  promise('two keys of one consumer see the same sandboxes', async () => {
    const { sandboxId } = await shared()
    const { key } = await context.server.createKey(LOCAL)
    assert.equal((await Sandbox.getInfo(sandboxId, { apiKey: key })).sandboxId, sandboxId)
  })

  promise('a revoked key is refused at once, and its sandbox keeps running', async () => {
    const { sandboxId } = await shared()
    const { id, key } = await context.server.createKey(LOCAL)
    await Sandbox.getInfo(sandboxId, { apiKey: key })
    await context.server.revokeKey(id)
    await failure(Sandbox.getInfo(sandboxId, { apiKey: key }), sdk.AuthenticationError)
    assert.equal(await (await shared()).isRunning(), true)
  })

  promise('the token of one sandbox is refused by another', async (t) => {
    const [one, other] = [await shared(), await fresh(t)]
    assert.ok(one.envdAccessToken && one.envdAccessToken !== other.envdAccessToken)
    for (const token of [other.envdAccessToken, 'made-up', '']) {
      const intruder = withToken(one, token)
      await failure(intruder.commands.run('true'), sdk.AuthenticationError)
      await failure(intruder.commands.list(), sdk.AuthenticationError)
      await failure(intruder.files.read('/etc/hostname'), sdk.AuthenticationError)
      await failure(intruder.files.write('x', 'x'), sdk.AuthenticationError)
      await failure(intruder.files.list('/'), sdk.AuthenticationError)
      await failure(intruder.files.watchDir('/', () => {}), sdk.AuthenticationError)
    }
  })

  promise('an unknown sandbox id gets the same response as an ended sandbox', async () => {
    const unknown = withToken({ sandboxId: 'inosuchsandbox0000000' }, 'made-up')
    assert.equal(await unknown.isRunning(), false)
    await failure(unknown.commands.run('true'), sdk.SandboxNotFoundError)
    await failure(unknown.files.read('x'), sdk.TimeoutError)
  })

  promise('malformed ids are refused', async () => {
    for (const id of ['../keys', 'a/b', 'A B', '%2e%2e', 'x'.repeat(5000), "'; drop table"]) {
      const error = await failure(Sandbox.getInfo(id))
      assert.ok(error instanceof sdk.SandboxError, `${id}: ${error}`)
      assert.doesNotMatch(error.message, /^5/, id)
    }
  })

  promise('a client that aborts a request does not disturb other clients', async () => {
    const sandbox = await shared()
    const controller = new AbortController()
    const running = sandbox.commands.run('sleep 1000', { signal: controller.signal })
    controller.abort()
    await failure(running)
    await failure(sandbox.files.read('/etc/hostname', { signal: AbortSignal.abort() }))
    assert.equal((await sandbox.commands.run('echo fine')).stdout, 'fine\n')
  })
})

promise('a request without a key gets a 401 in E2B’s error format', async () => {
  for (const path of ['/v2/sandboxes', '/sandboxes/x', '/templates', '/snapshots']) {
    const answer = await api(context.server, undefined, 'GET', path)
    assert.equal(answer.status, 401, path)
    assert.equal(answer.json.code, 401)
    assert.ok(answer.json.message)
  }
})

promise('an unknown route gets 404, and a wrong method 404 or 405, in E2B’s error format', async () => {
  const unknown = await api(context.server, context.key, 'GET', '/no/such/route')
  assert.equal(unknown.status, 404)
  assert.equal(unknown.json.code, 404)
  const method = await api(context.server, context.key, 'PATCH', '/v2/sandboxes')
  assert.ok([404, 405].includes(method.status))
  assert.equal(method.json.code, method.status)
})

promise('errors of the daemon’s calls have Connect’s error format', async () => {
  const made = (await api(context.server, context.key, 'POST', '/v2/sandboxes', { templateID: 'base' })).json
  const sandbox = { sandboxId: made.sandboxID, envdAccessToken: made.envdAccessToken }
  const rpc = (method, message, headers) => call(context.server, sandbox, method, message, headers)
  const expected = [
    [await rpc('filesystem.Filesystem/Stat', { path: '/no/such' }), 404, 'not_found'],
    [await rpc('filesystem.Filesystem/ListDir', { path: '~stranger' }), 400, 'invalid_argument'],
    [await rpc('filesystem.Filesystem/Stat', { path: 5 }), 400, 'invalid_argument'],
    [await rpc('filesystem.Filesystem/Stat', { path: '/' }, { 'X-Access-Token': 'wrong' }), 401, undefined],
  ]
  for (const [answer, status, code] of expected) {
    assert.equal(answer.status, status, JSON.stringify(answer))
    if (code) assert.equal(answer.json.code, code)
  }
  assert.ok([404, 501].includes((await rpc('filesystem.Filesystem/Nothing', {})).status))
  const ignored = await rpc('filesystem.Filesystem/Stat', { path: '/', inventedLater: true })
  assert.equal(ignored.status, 200)
  assert.equal(ignored.json.entry.type, 'FILE_TYPE_DIRECTORY')
  await api(context.server, context.key, 'DELETE', `/sandboxes/${made.sandboxID}`)
})

promise('a port that is not a number is refused', async () => {
  const answer = await request(`${context.server.url}/`, { headers: { ...toSandbox({ sandboxId: 'abc' }, 'x') } })
  assert.equal(answer.status, 400)
})

promise('health, readiness and metrics are served', async () => {
  assert.equal((await request(`${context.server.url}/healthz`)).status, 200)
  assert.equal((await request(`${context.server.url}/readyz`)).status, 200)
  const metrics = await request(`${context.server.url}/metrics`)
  assert.equal(metrics.status, 200)
  assert.match(metrics.body, /^# TYPE \w+ \w+$/m)
})
