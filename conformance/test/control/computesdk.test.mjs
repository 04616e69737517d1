import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { e2b } from '@computesdk/e2b'
import { promise, useServer } from '../../harness/suite.mjs'

const context = useServer()

describe('@computesdk/e2b', () => {
  const provider = () => e2b({ apiKey: context.key })
  const fresh = async (t, options) => {
    const sandbox = await provider().sandbox.create(options)
    t.after(() => sandbox.destroy())
    return sandbox
  }

  promise('a sandbox is created, found, listed and destroyed', async () => {
    const sandbox = await provider().sandbox.create()
    assert.equal((await sandbox.getInfo()).status, 'running')
    assert.equal((await provider().sandbox.getById(sandbox.sandboxId)).sandboxId, sandbox.sandboxId)
    assert.ok((await provider().sandbox.list()).some(({ sandboxId }) => sandboxId === sandbox.sandboxId))
    await sandbox.destroy()
    assert.equal(await provider().sandbox.getById(sandbox.sandboxId), null)
  })

  promise('commands return output and exit code', async (t) => {
    const sandbox = await fresh(t)
    const good = await sandbox.runCommand('echo out; echo err >&2')
    assert.deepEqual([good.stdout, good.stderr, good.exitCode], ['out\n', 'err\n', 0])
    const bad = await sandbox.runCommand('echo partly; exit 3')
    assert.deepEqual([bad.stdout, bad.exitCode], ['partly\n', 3])
  })

  promise('commands have a directory and variables', async (t) => {
    const sandbox = await fresh(t, { envs: { FROM_SANDBOX: 'sandbox' } })
    const { stdout } = await sandbox.runCommand('echo $PWD $FROM_SANDBOX', { cwd: '/usr' })
    assert.equal(stdout, '/usr sandbox\n')
    assert.equal((await sandbox.runCommand('printenv MINE', { env: { MINE: 'mine' } })).stdout, 'mine\n')
  })

  promise('a background command returns at once', async (t) => {
    const sandbox = await fresh(t)
    assert.equal((await sandbox.runCommand('sleep 1000', { background: true })).exitCode, 0)
  })

  promise('files are written, read, listed and removed', async (t) => {
    const { filesystem } = await fresh(t)
    await filesystem.mkdir('/home/user/dir')
    await filesystem.writeFile('/home/user/dir/file', 'content')
    assert.equal(await filesystem.readFile('/home/user/dir/file'), 'content')
    const [entry] = await filesystem.readdir('/home/user/dir')
    assert.deepEqual([entry.name, entry.type, entry.size], ['file', 'file', 7])
    assert.equal(await filesystem.exists('/home/user/dir/file'), true)
    await filesystem.remove('/home/user/dir/file')
    assert.equal(await filesystem.exists('/home/user/dir/file'), false)
  })

  promise('a template, metadata and a time to live are passed on', async (t) => {
    const sandbox = await fresh(t, { templateId: 'ci', metadata: { via: 'computesdk' }, timeout: 900_000 })
    const info = await sandbox.getInstance().getInfo()
    assert.equal(info.memoryMB, 256)
    assert.deepEqual(info.metadata, { via: 'computesdk' })
    assert.ok(info.endAt - Date.now() > 600_000)
  })

  promise('a sandbox starts from a snapshot', async (t) => {
    const source = await fresh(t)
    await source.filesystem.writeFile('/home/user/mark', 'kept')
    const snapshot = await provider().snapshot.create(source.sandboxId)
    const copy = await fresh(t, { snapshotId: snapshot.id })
    assert.equal(await copy.filesystem.readFile('/home/user/mark'), 'kept')
  })

  promise('a wrong key is reported as such', async () => {
    await assert.rejects(e2b({ apiKey: `e2b_${'0'.repeat(40)}` }).sandbox.create(), /E2B authentication failed/)
  })
})
