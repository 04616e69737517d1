import assert from 'node:assert/strict'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { api } from '../../harness/wire.mjs'

const context = useServer()

/** A program that exits with 0 only if there is a route to the internet. It sends nothing. */
const ROUTE_OUT = `python3 - <<'END'
import socket, sys
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))
except OSError:
    sys.exit(7)
END`

forEachSdk('options', ({ fresh, ...sdk }) => {
  const { Sandbox } = sdk

  promise('allowInternetAccess: false is enforced', async (t) => {
    const sandbox = await fresh(t, { allowInternetAccess: false })
    assert.equal((await sandbox.getInfo()).allowInternetAccess, false)
    assert.equal((await failure(sandbox.commands.run(ROUTE_OUT), sdk.CommandExitError)).exitCode, 7)
  })

  promise('allowInternetAccess: true is accepted', async (t) => {
    const sandbox = await fresh(t, { allowInternetAccess: true })
    assert.equal((await sandbox.commands.run('echo fine')).stdout, 'fine\n')
  })

  promise('denying all traffic is enforced', async (t) => {
    const sandbox = await fresh(t, { network: { denyOut: ({ allTraffic }) => [allTraffic] } })
    assert.equal((await failure(sandbox.commands.run(ROUTE_OUT), sdk.CommandExitError)).exitCode, 7)
  })

  const unsupported = {
    iam: { iam: { tokens: { cloud: { audience: 'somewhere', tokenType: 'JWT-SVID' } } } },
    volumeMounts: { volumeMounts: { '/data': 'volume' } },
    rules: { network: { rules: { 'api.example.test': [{ transform: { headers: { A: 'b' } } }] } } },
    egressProxy: { network: { egressProxy: { address: 'proxy.example.test:1080' } } },
    ...(sdk.sendsHttpsPorts && { httpsPorts: { network: { httpsPorts: [3000] } } }),
  }
  for (const [name, options] of Object.entries(unsupported)) {
    promise(`an unsupported option is refused by its name: ${name}`, async () => {
      const before = (await Sandbox.list().nextItems()).length
      await failure(Sandbox.create('base', options), sdk.SandboxError, new RegExp(`^4\\d\\d: .*${name}`, 'i'))
      assert.equal((await Sandbox.list().nextItems()).length, before)
    })
  }

  promise('a creation with MCP servers is accepted, and the SDK reports that there is no gateway', async () => {
    const mcp = { browserbase: { apiKey: 'x', projectId: 'y', geminiApiKey: 'z' } }
    const before = (await Sandbox.list().nextItems()).length
    await failure(Sandbox.create({ mcp }), sdk.SandboxError, /Failed to start MCP gateway/)
    assert.equal((await Sandbox.list().nextItems()).length, before)
  })

  promise('accepted network rules are returned unchanged', async (t) => {
    const sandbox = await fresh(t, { network: { denyOut: ['0.0.0.0/0', '::/0'] } })
    assert.deepEqual((await sandbox.getInfo()).network.denyOut, ['0.0.0.0/0', '::/0'])
    await sandbox.updateNetwork({ denyOut: ({ allTraffic }) => [allTraffic] })
    const info = await sandbox.getInfo()
    assert.equal(info.network.denyOut.length, 1)
    assert.equal(info.allowInternetAccess, false)
  })

  promise('allowInternetAccess is reported as false if the profile has no network', async (t) => {
    const sandbox = await fresh(t, 'ci', { allowInternetAccess: true })
    assert.equal((await sandbox.getInfo()).allowInternetAccess, false)
  })

  promise('the network of a running sandbox can be closed but not opened', async (t) => {
    const sandbox = await fresh(t)
    await failure(sandbox.updateNetwork({ allowOut: ['192.0.2.1'] }), sdk.SandboxError, /^4\d\d: .*allowOut/i)
    await sandbox.updateNetwork({ allowInternetAccess: false })
    assert.equal((await failure(sandbox.commands.run(ROUTE_OUT), sdk.CommandExitError)).exitCode, 7)
    await failure(Sandbox.updateNetwork('inosuchsandbox0000000', {}), sdk.SandboxNotFoundError)
  })

  promise('unknown headers for the control plane are ignored', async (t) => {
    const sandbox = await fresh(t, { apiHeaders: { 'X-Team': 'somebody' } })
    assert.equal(await sandbox.isRunning(), true)
  })
})

promise('unknown fields of newer clients are ignored', async () => {
  const body = { templateID: 'base', secure: true, inventedLater: { deep: [1, 2] }, autoResume: { enabled: false, later: true } }
  for (const path of ['/sandboxes', '/v2/sandboxes']) {
    const made = await api(context.server, context.key, 'POST', path, body)
    assert.equal(made.status, 201, JSON.stringify(made.json))
    const sandboxPath = `/sandboxes/${made.json.sandboxID}`
    assert.equal((await api(context.server, context.key, 'POST', `${sandboxPath}/timeout`, { timeout: 60, later: 1 })).status, 204)
    assert.equal((await api(context.server, context.key, 'DELETE', sandboxPath)).status, 204)
  }
  assert.equal(context.server.log.filter((line) => line.includes('inventedLater')).length, 2, 'once for each route')
})

const BAD_BODIES = {
  'no JSON': '{"templateID": "base"',
  'no object': '[]',
  'nothing': '',
  'no template': { timeout: 60 },
  'a timeout that is text': { templateID: 'base', timeout: 'long' },
  'a timeout that is no whole number': { templateID: 'base', timeout: 1.5 },
  'a negative timeout': { templateID: 'base', timeout: -1 },
  'metadata that aren’t text': { templateID: 'base', metadata: { a: { b: 'c' } } },
  'variables that aren’t text': { templateID: 'base', envVars: ['a'] },
  'a variable with an impossible name': { templateID: 'base', envVars: { 'a=b': 'c' } },
  'memory of a pause that won’t happen': { templateID: 'base', autoPauseMemory: false },
}
for (const [what, body] of Object.entries(BAD_BODIES)) {
  promise(`a request with ${what} gets a 400 in E2B’s error format and creates no sandbox`, async () => {
    for (const path of ['/sandboxes', '/v2/sandboxes']) {
      const answer = await api(context.server, context.key, 'POST', path, body)
      assert.equal(answer.status, 400, JSON.stringify(answer.json))
      assert.equal(answer.json.code, 400)
      assert.ok(answer.json.message)
    }
    assert.deepEqual((await api(context.server, context.key, 'GET', '/v2/sandboxes')).json, [])
  })
}
