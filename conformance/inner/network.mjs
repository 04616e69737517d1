// Run by test/control/network.test.mjs in a private network with a fake internet: example.com is 1.1.1.1, other.test is 9.9.9.9.
import assert from 'node:assert/strict'
import { failure, forEachSdk, promise, useServer } from '../harness/suite.mjs'

useServer()

const fetch = (url) => `curl -sSk -m 10 ${url} || echo FAILED`

forEachSdk('network', ({ fresh, ...sdk }) => {
  const { Sandbox } = sdk
  const says = async (sandbox, url) => (await sandbox.commands.run(fetch(url))).stdout

  promise('a sandbox whose profile has a network reaches the internet, and no private network', async (t) => {
    const sandbox = await fresh(t, 'open')
    assert.equal((await sandbox.getInfo()).allowInternetAccess, true)
    assert.match(await says(sandbox, 'http://example.com/a'), /1\.1\.1\.1 host=example\.com/)
    assert.match(await says(sandbox, 'https://other.test/b'), /sni=other\.test/)
    assert.match(await says(sandbox, 'http://169.254.169.254/'), /FAILED/)
  })

  promise('allowInternetAccess: false blocks all connections', async (t) => {
    const sandbox = await fresh(t, 'open', { allowInternetAccess: false })
    assert.match(await says(sandbox, 'http://1.1.1.1/'), /FAILED/)
  })

  promise('an allowed address wins over a denied one', async (t) => {
    const network = { allowOut: ['1.1.1.1'], denyOut: ({ allTraffic }) => [allTraffic] }
    const sandbox = await fresh(t, 'open', { network })
    assert.match(await says(sandbox, 'http://1.1.1.1/'), /1\.1\.1\.1 host/)
    assert.match(await says(sandbox, 'http://9.9.9.9/'), /FAILED/)
    assert.deepEqual((await sandbox.getInfo()).network.allowOut, ['1.1.1.1'])
  })

  promise('a denied address can’t be reached', async (t) => {
    const sandbox = await fresh(t, 'open', { network: { denyOut: ['9.9.9.0/24'] } })
    assert.match(await says(sandbox, 'http://9.9.9.9/'), /FAILED/)
    assert.match(await says(sandbox, 'http://example.com/'), /host=example\.com/)
  })

  promise('domains are allowed by name', async (t) => {
    const network = { allowOut: ['example.com', '*.wild.test'], denyOut: ({ allTraffic }) => [allTraffic] }
    const sandbox = await fresh(t, { network })
    assert.match(await says(sandbox, 'https://example.com/'), /sni=example\.com/)
    assert.match(await says(sandbox, 'http://a.wild.test/'), /host=a\.wild\.test/)
    assert.match(await says(sandbox, 'http://other.test/'), /FAILED/)
    assert.match(await says(sandbox, '--resolve other.test:443:9.9.9.9 https://other.test/'), /FAILED/)
  })

  promise('allowing a domain requires denying the rest', async () => {
    await failure(Sandbox.create('open', { network: { allowOut: ['example.com'] } }), sdk.SandboxError, /^400: .*denyOut/)
  })

  promise('rules of a running sandbox are replaced as a whole', async (t) => {
    const sandbox = await fresh(t, 'open')
    assert.match(await says(sandbox, 'http://other.test/'), /host=other\.test/)
    await sandbox.updateNetwork({ allowOut: ['example.com'], denyOut: ({ allTraffic }) => [allTraffic] })
    assert.match(await says(sandbox, 'http://other.test/'), /FAILED/)
    assert.match(await says(sandbox, 'http://example.com/'), /host=example\.com/)
    assert.deepEqual((await sandbox.getInfo()).network.allowOut, ['example.com'])
    await sandbox.updateNetwork({ allowInternetAccess: false })
    assert.match(await says(sandbox, 'http://example.com/'), /FAILED/)
    assert.equal((await sandbox.getInfo()).allowInternetAccess, false)
    await sandbox.updateNetwork({})
    assert.match(await says(sandbox, 'http://other.test/'), /host=other\.test/)
  })

  promise('network rules hold after a pause', async (t) => {
    const sandbox = await fresh(t, 'open', { network: { denyOut: ['9.9.9.9'] } })
    await sandbox.pause()
    await sandbox.connect()
    assert.match(await says(sandbox, 'http://9.9.9.9/'), /FAILED/)
    assert.match(await says(sandbox, 'http://example.com/'), /host=example\.com/)
  })
})
