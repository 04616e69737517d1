import assert from 'node:assert/strict'
import { eventually } from '../../harness/inbox.mjs'
import { failure, forEachSdk, ownPromise, promise, useServer } from '../../harness/suite.mjs'
import { api } from '../../harness/wire.mjs'

const context = useServer()

/** Returns the seconds to live that a sandbox reports. Seconds that the machine spends in between may be missing. */
const lifetime = ({ startedAt, endAt }) => (endAt - startedAt) / 1000
const about = (actual, wanted) => assert.ok(actual > wanted - 60 && actual < wanted + 60, `${actual} s, wanted ${wanted} s`)
const left = ({ endAt }) => (endAt - Date.now()) / 1000

forEachSdk('lifecycle', ({ shared, fresh, ...sdk }) => {
  const { Sandbox } = sdk

  promise('a sandbox has an id that fits into a host name, and a domain', async () => {
    const sandbox = await shared()
    assert.match(sandbox.sandboxId, /^[a-z0-9]+$/)
    assert.ok(sandbox.sandboxDomain)
    assert.ok(!sandbox.sandboxDomain.startsWith('e2b.'), sandbox.sandboxDomain)
    assert.equal(sandbox.getHost(3000), `3000-${sandbox.sandboxId}.${sandbox.sandboxDomain}`)
  })

  promise('the information about a sandbox is complete', async (t) => {
    const before = Date.now()
    const sandbox = await fresh(t, 'ci', { timeoutMs: 600_000, metadata: { owner: 'somebody', 'a=b&c': 'ü %20' } })
    const info = await sandbox.getInfo()
    assert.equal(info.sandboxId, sandbox.sandboxId)
    assert.ok([info.templateId, info.name].includes('ci'), JSON.stringify(info))
    assert.deepEqual(info.metadata, { owner: 'somebody', 'a=b&c': 'ü %20' })
    assert.equal(info.state, 'running')
    assert.equal(info.memoryMB, 256)
    assert.ok(info.cpuCount > 0)
    assert.match(info.envdVersion, /^\d+\.\d+\.\d+$/)
    assert.ok(info.startedAt.getTime() > before - 5000 && info.startedAt.getTime() < Date.now() + 5000)
    about(lifetime(info), 600)
    assert.deepEqual(info.volumeMounts, [])
  })

  promise('a profile can be named with and without its prefix', async (t) => {
    for (const name of ['ci', 'profile.ci']) {
      const sandbox = await fresh(t, name)
      assert.equal((await sandbox.commands.run('echo $FROM_PROFILE')).stdout, 'profile\n')
    }
  })

  promise('a sandbox lives for 300 s unless asked otherwise', async (t) => {
    about(lifetime(await (await fresh(t)).getInfo()), 300)
  })

  promise('setTimeout extends and shortens', async (t) => {
    const sandbox = await fresh(t, { timeoutMs: 300_000 })
    await sandbox.setTimeout(1_200_000)
    about(left(await sandbox.getInfo()), 1200)
    await Sandbox.setTimeout(sandbox.sandboxId, 120_000)
    about(left(await sandbox.getInfo()), 120)
  })

  promise('connect returns the same sandbox and never shortens its time to live', async (t) => {
    const sandbox = await fresh(t, { timeoutMs: 600_000 })
    await sandbox.files.write('mark', 'mine')
    const same = await Sandbox.connect(sandbox.sandboxId, { timeoutMs: 60_000 })
    assert.equal(same.sandboxId, sandbox.sandboxId)
    assert.equal(await same.files.read('mark'), 'mine')
    about(left(await sandbox.getInfo()), 600)
    await sandbox.connect({ timeoutMs: 1_800_000 })
    about(left(await sandbox.getInfo()), 1800)
  })

  promise('isRunning is true for a running sandbox, false for a killed one', async () => {
    const sandbox = await Sandbox.create()
    assert.equal(await sandbox.isRunning(), true)
    assert.equal(await sandbox.kill(), true)
    assert.equal(await sandbox.isRunning(), false)
  })

  promise('kill returns true once, then false', async () => {
    const sandbox = await Sandbox.create()
    assert.equal(await Sandbox.kill(sandbox.sandboxId), true)
    assert.equal(await Sandbox.kill(sandbox.sandboxId), false)
    assert.equal(await sandbox.kill(), false)
  })

  promise('every call to a killed sandbox fails as not found or timed out', async () => {
    const sandbox = await Sandbox.create()
    await sandbox.kill()
    await gone(sdk, sandbox)
  })

  promise('a sandbox ends at its timeout', async () => {
    const sandbox = await Sandbox.create({ timeoutMs: 600_000 })
    const handle = await sandbox.commands.run('sleep 1000', { background: true, timeoutMs: 0 })
    await sandbox.setTimeout(2000)
    await failure(handle.wait(), sdk.TimeoutError)
    await gone(sdk, sandbox)
  })

  promise('an unknown sandbox is not found', async () => {
    for (const id of ['inosuchsandbox0000000', 'x']) {
      await failure(Sandbox.getInfo(id), sdk.SandboxNotFoundError)
      await failure(Sandbox.connect(id), sdk.SandboxNotFoundError)
      await failure(Sandbox.pause(id), sdk.SandboxNotFoundError)
      await failure(Sandbox.setTimeout(id, 60_000), sdk.SandboxNotFoundError)
      await failure(Sandbox.getMetrics(id), sdk.SandboxNotFoundError)
      assert.equal(await Sandbox.kill(id), false)
    }
  })

  promise('ids with a suffix, as old clients store them, still work', async () => {
    const { sandboxId } = await shared()
    assert.equal((await Sandbox.getInfo(`${sandboxId}-client`)).sandboxId, sandboxId)
  })

  promise('a timeout of 0 or above the maximum is refused', async () => {
    await failure(Sandbox.create({ timeoutMs: 0 }), sdk.SandboxError, /400: .*[Tt]imeout/)
    await failure(Sandbox.create('ci', { timeoutMs: 999 * 3_600_000 }), sdk.SandboxError, /400: .*[Tt]imeout/)
    const sandbox = await shared()
    await failure(sandbox.setTimeout(999 * 3_600_000), sdk.SandboxError, /400: .*[Tt]imeout/)
    await failure(sandbox.setTimeout(0), sdk.SandboxError, /400: .*[Tt]imeout/)
    assert.equal(await sandbox.isRunning(), true)
  })

  promise('an unknown template is refused, and the message names it', async () => {
    await failure(Sandbox.create('no-such-template'), sdk.SandboxError, /404: .*no-such-template/)
  })

  promise('exists is true for existing templates and false for missing ones', async () => {
    assert.equal(await sdk.Template.exists('base'), true)
    assert.equal(await sdk.Template.exists('ci'), true)
    assert.equal(await sdk.Template.exists('no-such-template'), false)
  })

  promise('metrics report CPU, memory and disk', async () => {
    const sandbox = await shared()
    await sandbox.commands.run('head -c 20000000 /dev/zero > filled')
    const last = (await measured(sandbox)).at(-1)
    assert.ok(last.timestamp instanceof Date && !Number.isNaN(last.timestamp.getTime()))
    assert.ok(last.cpuCount > 0 && last.cpuUsedPct >= 0)
    assert.ok(last.memUsed > 0 && last.memUsed < last.memTotal)
    assert.ok(last.memTotal <= (await sandbox.getInfo()).memoryMB << 20)
    assert.ok(last.memCache >= 0)
    assert.ok(last.diskUsed > 0 && last.diskUsed < last.diskTotal)
    assert.deepEqual(await sandbox.getMetrics({ start: new Date(Date.now() + 3_600_000) }), [])
  })
})

promise('without a timeout the first API version gives 15 s, the second 300 s', async () => {
  for (const [path, seconds] of [['/sandboxes', 15], ['/v2/sandboxes', 300]]) {
    const made = await api(context.server, context.key, 'POST', path, { templateID: 'base' })
    assert.equal(made.status, 201, JSON.stringify(made.json))
    const { json } = await api(context.server, context.key, 'GET', `/sandboxes/${made.json.sandboxID}`)
    about((new Date(json.endAt) - new Date(json.startedAt)) / 1000, seconds)
    assert.equal((await api(context.server, context.key, 'DELETE', `/sandboxes/${made.json.sandboxID}`)).status, 204)
  }
})

/** Waits for metrics and returns them. */
async function measured(sandbox) {
  let metrics
  await eventually(async () => (metrics = await sandbox.getMetrics()).length > 0, 'metrics')
  return metrics
}

async function gone(sdk, sandbox) {
  assert.equal(await sandbox.isRunning(), false)
  await failure(sandbox.getInfo(), sdk.SandboxNotFoundError)
  await failure(sandbox.setTimeout(60_000), sdk.SandboxNotFoundError)
  await failure(sandbox.connect(), sdk.SandboxNotFoundError)
  await failure(sandbox.commands.run('true'), sdk.SandboxNotFoundError)
  await failure(sandbox.commands.list(), sdk.TimeoutError)
  await failure(sandbox.files.read('x'), sdk.TimeoutError)
  await failure(sandbox.files.write('x', 'x'), sdk.TimeoutError)
  await failure(sandbox.files.list('/'), sdk.TimeoutError)
  assert.equal(await sandbox.kill(), false)
}
