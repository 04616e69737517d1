import assert from 'node:assert/strict'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'

useServer()

forEachSdk('snapshots', ({ fresh, ...sdk }) => {
  const { Sandbox } = sdk
  const all = async (paginator) => {
    const items = []
    while (paginator.hasNext) items.push(...(await paginator.nextItems()))
    return items.map((snapshot) => snapshot.snapshotId)
  }
  const snapshot = async (t, sandbox, options) => {
    const made = await sandbox.createSnapshot(options)
    t.after(() => Sandbox.deleteSnapshot(made.snapshotId))
    return made
  }

  promise('a sandbox starts from a snapshot with the files of that moment', async (t) => {
    const source = await fresh(t)
    await source.commands.run('mkdir -p state; echo then > state/file; sudo touch /opt/by-root')
    const { snapshotId } = await snapshot(t, source)
    await source.files.write('state/file', 'later')
    const copy = await fresh(t, snapshotId)
    assert.notEqual(copy.sandboxId, source.sandboxId)
    assert.equal(await copy.files.read('state/file'), 'then\n')
    assert.equal((await copy.files.getInfo('/opt/by-root')).owner, 'root')
    assert.equal(await source.files.read('state/file'), 'later')
  })

  promise('a sandbox keeps running after its snapshot', async (t) => {
    const source = await fresh(t)
    const handle = await source.commands.run('cat', { background: true, stdin: true, timeoutMs: 0 })
    await snapshot(t, source)
    await handle.sendStdin('still here\n')
    await handle.closeStdin()
    assert.equal((await handle.wait()).stdout, 'still here\n')
  })

  promise('a snapshot outlives its sandbox and can be used several times', async (t) => {
    const source = await fresh(t)
    await source.files.write('mark', 'original')
    const { snapshotId } = await snapshot(t, source)
    await source.kill()
    const copies = await Promise.all([1, 2, 3].map(() => fresh(t, snapshotId)))
    await copies[0].files.write('mark', 'changed')
    assert.deepEqual(await Promise.all(copies.map((copy) => copy.files.read('mark'))), ['changed', 'original', 'original'])
  })

  promise('snapshots are listed, also by sandbox and by name', async (t) => {
    const [one, other] = [await fresh(t), await fresh(t)]
    const name = `named-${sdk.version.replaceAll('.', '-')}`
    const first = await snapshot(t, one, { name })
    const second = await snapshot(t, one)
    const third = await snapshot(t, other)
    assert.ok(first.names.some((full) => full.includes(name)), JSON.stringify(first))
    assert.deepEqual((await all(one.listSnapshots())).sort(), [first.snapshotId, second.snapshotId].sort())
    assert.deepEqual(await all(other.listSnapshots()), [third.snapshotId])
    assert.deepEqual(await all(Sandbox.listSnapshots({ name })), [first.snapshotId])
    const every = await all(Sandbox.listSnapshots({ limit: 1 }))
    for (const { snapshotId } of [first, second, third]) assert.equal(every.filter((id) => id === snapshotId).length, 1)
  })

  promise('a sandbox starts from a snapshot’s name', async (t) => {
    const source = await fresh(t)
    const name = `by-name-${sdk.version.replaceAll('.', '-')}`
    await source.files.write('mark', 'found by name')
    await snapshot(t, source, { name })
    const copy = await fresh(t, name)
    assert.equal(await copy.files.read('mark'), 'found by name')
  })

  promise('a deleted snapshot is not found', async (t) => {
    const source = await fresh(t)
    const { snapshotId } = await source.createSnapshot()
    assert.equal(await Sandbox.deleteSnapshot(snapshotId), true)
    assert.equal(await Sandbox.deleteSnapshot(snapshotId), false)
    await failure(Sandbox.create(snapshotId), sdk.SandboxError, /^404: /)
    assert.deepEqual(await all(source.listSnapshots()), [])
  })

  promise('a snapshot of an unknown sandbox is not found', async () => {
    await failure(Sandbox.createSnapshot('inosuchsandbox0000000'), sdk.SandboxNotFoundError)
  })

  promise('forks start with the files of their source and change independently', async (t) => {
    const source = await fresh(t)
    await source.files.write('mark', 'common')
    const forks = await source.fork({ count: 2, timeoutMs: 600_000 })
    for (const fork of forks) {
      assert.ok(fork instanceof Sandbox, String(fork))
      t.after(() => fork.kill())
    }
    assert.equal(new Set([source, ...forks].map((sandbox) => sandbox.sandboxId)).size, 3)
    await forks[0].files.write('mark', 'own')
    const marks = await Promise.all([source, ...forks].map((sandbox) => sandbox.files.read('mark')))
    assert.deepEqual(marks, ['common', 'own', 'common'])
    assert.ok((await forks[1].getInfo()).endAt - Date.now() > 300_000)
  })

  promise('a fork has the variables of its source, also if that is paused', async (t) => {
    const source = await fresh(t, { envs: { COLOUR: 'dark blue' } })
    await source.pause()
    const [fork] = await source.fork()
    t.after(() => fork.kill())
    assert.equal((await fork.commands.run('echo $COLOUR')).stdout, 'dark blue\n')
  })

  promise('a fork of an unknown sandbox is not found', async () => {
    await failure(Sandbox.fork('inosuchsandbox0000000'), sdk.SandboxNotFoundError)
  })
})
