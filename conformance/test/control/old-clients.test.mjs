import assert from 'node:assert/strict'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { api, call, request, toSandbox } from '../../harness/wire.mjs'

const context = useServer()

/** Creates a sandbox as e2b 1.x does: with a template and a timeout, and without `secure`. */
const createAsBefore = async (t) => {
  const made = await api(context.server, context.key, 'POST', '/sandboxes', { templateID: 'base', timeout: 300 })
  assert.equal(made.status, 201, JSON.stringify(made.json))
  t.after(() => api(context.server, context.key, 'DELETE', `/sandboxes/${made.json.sandboxID}`))
  return made.json
}

promise('a client older than secure sandboxes gets no token and needs none', async (t) => {
  const made = await createAsBefore(t)
  assert.equal(made.envdAccessToken, undefined)
  const sandbox = { sandboxId: made.sandboxID }
  const withoutToken = { 'X-Access-Token': '' }
  assert.equal((await call(context.server, sandbox, 'filesystem.Filesystem/Stat', { path: '/' }, withoutToken)).status, 200)
  const files = `${context.server.url}/files?path=note&username=user`
  const headers = { ...toSandbox(sandbox), 'Content-Type': 'application/octet-stream' }
  assert.equal((await request(files, { method: 'POST', headers, body: 'kept' })).status, 200)
  assert.equal((await request(files, { headers: toSandbox(sandbox) })).body, 'kept')
})

promise('a secured sandbox still requires its token', async () => {
  const { json } = await api(context.server, context.key, 'POST', '/sandboxes', { templateID: 'base', secure: true })
  const sandbox = { sandboxId: json.sandboxID }
  assert.equal((await call(context.server, sandbox, 'process.Process/List', {}, { 'X-Access-Token': '' })).status, 401)
  await api(context.server, context.key, 'DELETE', `/sandboxes/${json.sandboxID}`)
})

promise('a request that came through a proxy creates no sandbox without a token', async () => {
  const answer = await request(`${context.server.url}/sandboxes`, {
    method: 'POST',
    headers: { 'X-API-KEY': context.key, 'Content-Type': 'application/json', 'X-Forwarded-For': '192.0.2.1' },
    body: JSON.stringify({ templateID: 'base' }),
  })
  assert.equal(answer.status, 400)
  assert.match(answer.json().message, /unsecuredSandboxes: always/)
})

forEachSdk('without a token', (sdk) => {
  promise('commands, files, input, watching and killing work', async (t) => {
    const { sandboxID, domain, envdVersion } = await createAsBefore(t)
    const sandbox = new sdk.Sandbox({ sandboxId: sandboxID, sandboxDomain: domain, envdVersion })
    assert.equal((await sandbox.commands.run('echo out')).stdout, 'out\n')
    await sandbox.files.write('a/b', 'content')
    assert.equal(await sandbox.files.read('a/b'), 'content')
    assert.deepEqual((await sandbox.files.list('a')).map(({ name }) => name), ['b'])
    const cat = await sandbox.commands.run('cat', { background: true, stdin: true })
    await sandbox.commands.sendStdin(cat.pid, 'typed')
    await sandbox.commands.kill(cat.pid)
    await failure(cat.wait(), sdk.CommandExitError)
    assert.equal(await sandbox.isRunning(), true)
    assert.equal((await sandbox.getInfo()).sandboxId, sandboxID)
  })
})
