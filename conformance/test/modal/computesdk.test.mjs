import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { eventually, within } from '../../harness/inbox.mjs'
import { useModal } from '../../harness/modal.mjs'
import { promise } from '../../harness/suite.mjs'
const { modal } = await import('@computesdk/modal')

const STEP_MS = 45_000

const context = useModal()

describe('@computesdk/modal, on modal 0.7.6', () => {
  let made
  const provider = () => {
    process.env.MODAL_SERVER_URL = context.environment.MODAL_SERVER_URL
    return (made ??= modal({ tokenId: 'ak-computesdk', tokenSecret: context.key }))
  }
  const fresh = async (t, options) => {
    const sandbox = await provider().sandbox.create(options)
    t.after(() => sandbox.destroy())
    return sandbox
  }

  promise('a sandbox is created, found, listed and destroyed', async () => {
    const sandbox = await provider().sandbox.create()
    assert.equal((await sandbox.getInfo()).status, 'running')
    assert.equal((await provider().sandbox.getById(sandbox.sandboxId)).sandboxId, sandbox.sandboxId)
    await sandbox.destroy()
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
    assert.equal((await sandbox.runCommand('pwd', { cwd: '/usr' })).stdout, '/usr\n')
    assert.equal((await sandbox.runCommand('printenv MINE', { env: { MINE: 'mine' } })).stdout, 'mine\n')
  })

  promise('files are written, read, listed and removed', async (t) => {
    const { filesystem } = await fresh(t)
    await filesystem.mkdir('/root/dir')
    await filesystem.writeFile('/root/dir/file', 'content')
    assert.equal(await filesystem.readFile('/root/dir/file'), 'content')
    const listed = await filesystem.readdir('/root/dir') // with . and .., as `ls -la` tells them
    assert.equal(listed.find((entry) => entry.name === 'file').type, 'file')
    assert.equal(await filesystem.exists('/root/dir/file'), true)
    await filesystem.remove('/root/dir/file')
    assert.equal(await filesystem.exists('/root/dir/file'), false)
  })

  promise('a server is reached at an unencrypted port; the daemon’s port, which every sandbox asks for, has no server', async (t) => {
    const step = (what, promised) => within(STEP_MS, what, promised)
    const sandbox = await step('the sandbox', fresh(t, { unencryptedPorts: [8000] }))
    await step('the file', sandbox.runCommand('mkdir /srv/www; echo served > /srv/www/file'))
    const serve = 'python3 -m http.server 8000 --bind 127.0.0.1 --directory /srv/www'
    await step('the start of the server', sandbox.runCommand(serve, { background: true }))
    const url = await step('the URL', sandbox.getUrl({ port: 8000, protocol: 'http' }))
    const request = () => fetch(new URL('/file', url)).then((answer) => answer.text(), () => undefined)
    assert.equal(await eventually(() => step('an answer through the tunnel', request())), 'served\n')
    const ofDaemon = (from) => step("the daemon's URL", from.getUrl({ port: 38989 }))
    await assert.rejects(ofDaemon(sandbox), /No tunnel found for port 38989. Available ports: 8000/)
    const other = await step('another sandbox', fresh(t))
    await assert.rejects(ofDaemon(other), /unencryptedPorts/)
  })

  promise('a wrong token is reported as such', async () => {
    process.env.MODAL_SERVER_URL = context.environment.MODAL_SERVER_URL
    await assert.rejects(modal({ tokenId: 'ak-x', tokenSecret: 'as-x' }).sandbox.create(), /[aA]uth/)
  })
})
