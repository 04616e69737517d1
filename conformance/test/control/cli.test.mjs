import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import { Sandbox } from 'e2b'
import { E2bCli } from '../../harness/e2b.mjs'
import { promise, useServer } from '../../harness/suite.mjs'

const context = useServer()

describe('the official command line', () => {
  let cli, home, sandbox
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'sbx-e2b-'))
    cli = new E2bCli(home, context.server.environment(context.key))
    sandbox = await Sandbox.create({ timeoutMs: 1_800_000, metadata: { made: 'for-the-cli' } })
  })
  after(async () => {
    await sandbox?.kill()
    rmSync(home, { recursive: true, force: true })
  })
  /** Runs a command that must succeed, and returns its output. */
  const e2b = async (...args) => {
    const { code, out, err } = await cli.run(args)
    assert.equal(code, 0, `e2b ${args.join(' ')}: ${out}${err}`)
    return out
  }
  const json = async (...args) => JSON.parse(await e2b(...args, '--format', 'json'))

  promise('sandbox list shows running sandboxes', async () => {
    const [found] = await json('sandbox', 'list', '--metadata', 'made=for-the-cli')
    assert.equal(found.sandboxId, sandbox.sandboxId)
    assert.deepEqual(await json('sandbox', 'list', '--state', 'paused'), [])
    assert.match(await e2b('sandbox', 'list'), new RegExp(sandbox.sandboxId))
  })

  promise('sandbox info describes a sandbox', async () => {
    const info = await json('sandbox', 'info', sandbox.sandboxId)
    assert.equal(info.state, 'running')
    assert.deepEqual(info.metadata, { made: 'for-the-cli' })
    assert.match(await e2b('sandbox', 'info', sandbox.sandboxId), /State: running/)
  })

  promise('sandbox info reports that a sandbox does not exist', async () => {
    const { code, err } = await cli.run(['sandbox', 'info', 'inosuchsandbox0000000'])
    assert.equal(code, 1)
    assert.match(err, /wasn't found/)
  })

  promise('sandbox exec returns the command’s output and exit code', async () => {
    const { code, out, err } = await cli.run(['sandbox', 'exec', '-c', '/usr', '-e', 'A=b c', sandbox.sandboxId, 'echo $PWD $A; echo err >&2; exit 5'])
    assert.equal(out, '/usr b c\n')
    assert.match(err, /^err\n/)
    assert.equal(code, 5)
  })

  promise('sandbox exec passes arguments unchanged, and can run as another user', async () => {
    assert.equal(await e2b('sandbox', 'exec', sandbox.sandboxId, 'printf', '<%s>', `it's`, 'a  b'), `<it's><a  b>`)
    assert.equal(await e2b('sandbox', 'exec', '-u', 'root', sandbox.sandboxId, 'id -un'), 'root\n')
  })

  promise('sandbox exec passes its standard input on', async () => {
    const input = 'piped line\n'.repeat(20_000)
    const { code, out } = await cli.run(['sandbox', 'exec', sandbox.sandboxId, 'wc -c'], { input })
    assert.equal(code, 0)
    assert.equal(out.trim(), String(input.length))
  })

  promise('sandbox exec in the background prints the pid and leaves it running', async () => {
    const { code, err } = await cli.run(['sandbox', 'exec', '--background', sandbox.sandboxId, 'exec sleep 1000'])
    assert.equal(code, 0)
    assert.ok((await sandbox.commands.list()).some((process) => process.pid === Number(err.trim())))
  })

  promise('sandbox create and kill work', async () => {
    const id = (await e2b('sandbox', 'create', '--detach', 'ci', '--timeout', '600')).trim().split('\n').at(-1)
    assert.equal(await e2b('sandbox', 'exec', id, 'echo $FROM_PROFILE'), 'profile\n')
    assert.match(await e2b('sandbox', 'kill', id), /has been killed/)
    assert.match((await cli.run(['sandbox', 'kill', id])).err, /wasn't found/)
  })

  promise('sandbox connect opens a terminal', async () => {
    const { code, out } = await cli.onTerminal(['sandbox', 'connect', sandbox.sandboxId], 'echo "sum"=$((40+2)); exit\n')
    assert.equal(code, 0, out)
    assert.match(out, /sum=42/)
  })

  promise('sandbox pause and resume work', async () => {
    const other = await Sandbox.create()
    assert.match(await e2b('sandbox', 'pause', other.sandboxId), /has been paused/)
    assert.match(await e2b('sandbox', 'pause', other.sandboxId), /is already paused/)
    assert.match(await e2b('sandbox', 'resume', other.sandboxId), /has been resumed/)
    assert.equal(await other.isRunning(), true)
    await other.kill()
  })

  promise('sandbox metrics and logs are readable', async () => {
    const metrics = (await e2b('sandbox', 'metrics', sandbox.sandboxId, '--format', 'json')).trim()
    for (const line of metrics.split('\n').filter(Boolean)) assert.ok(JSON.parse(line).memTotal > 0)
    const logs = (await e2b('sandbox', 'logs', sandbox.sandboxId, '--format', 'json')).trim()
    for (const line of logs.split('\n').filter(Boolean)) assert.ok(JSON.parse(line).timestamp)
  })

  promise('snapshots are made, listed and deleted', async () => {
    const made = await e2b('sandbox', 'snapshot', 'create', sandbox.sandboxId)
    const [{ snapshotId }] = await json('sandbox', 'snapshot', 'list', sandbox.sandboxId)
    assert.ok(made.includes(snapshotId), made)
    assert.match(await e2b('sandbox', 'snapshot', 'delete', snapshotId), /has been deleted/)
  })

  promise('template list shows the profiles', async () => {
    const templates = await json('template', 'list')
    const base = templates.find(({ templateID, aliases }) => templateID === 'base' || aliases.includes('base'))
    assert.ok(base.cpuCount > 0 && base.memoryMB > 0 && base.diskSizeMB > 0)
    assert.match(await e2b('template', 'list'), /\bci\b/)
  })

  promise('a wrong key is refused with a reason', async () => {
    const stranger = new E2bCli(home, context.server.environment(`e2b_${'0'.repeat(40)}`))
    const { code, err } = await stranger.run(['sandbox', 'list'])
    assert.equal(code, 1)
    assert.match(err, /[Uu]nauthorized/)
  })

  promise('kill --all ends the matching sandboxes', async () => {
    await Promise.all([1, 2, 3].map(() => Sandbox.create({ metadata: { group: 'doomed' } })))
    assert.match(await e2b('sandbox', 'kill', '--all', '--metadata', 'group=doomed'), /Killed 3 running sandboxes/)
    assert.equal(await sandbox.isRunning(), true)
  })
})
