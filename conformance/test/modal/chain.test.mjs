import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before } from 'node:test'
import { eventually } from '../../harness/inbox.mjs'
import { clients, connect, outcome, sh } from '../../harness/modal.mjs'
import { leftovers, startSandboxer } from '../../harness/program.mjs'
import { LOCAL, Server } from '../../harness/server.mjs'
import { failure, promise } from '../../harness/suite.mjs'

/** A profile that runs everything at Modal, from the requested image. */
const CONFIG = `profiles:
  profile.base:
    description: At Modal
    route: [ext.modal]
    templates:
      ext.modal: image:debian:13
    cpu: 500m
    memory: 256MiB
    disk: 256MiB
    ttl: 10m
    maxTtl: 1h
    network: deny
`

// The chain: client, our server with ext.modal, and a fake Modal.
const home = mkdtempSync(join(tmpdir(), 'sbx-fm-'))
const alive = () => leftovers(join(home, 'h')).length
let cloud, server, key

before(async () => {
  cloud = startSandboxer(home, ['fake-cloud', 'modal', '--port', '0', '--token', 'ak-chain:as-chain', '--home', join(home, 'h')])
  cloud.stderr.resume()
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: cloud.stdout }).on('line', (line) => resolve(/^listening on (http:\S+)$/.exec(line)?.[1]))
    cloud.once('close', (code) => reject(new Error(`fake-cloud ended with ${code}`)))
  })
  server = await Server.startModal(CONFIG, { MODAL_SERVER_URL: url, MODAL_TOKEN_ID: 'ak-chain', MODAL_TOKEN_SECRET: 'as-chain' })
  key = (await server.createKey(LOCAL)).key
})

after(async () => {
  await server?.close()
  assert.equal(alive(), 0, 'sandboxes left at the cloud')
  const ended = new Promise((resolve) => cloud.once('close', resolve))
  cloud.kill('SIGTERM')
  assert.equal(await ended, 0)
  rmSync(home, { recursive: true, force: true })
})

for (const which of clients.filter((one) => one.isNewest)) {
  const title = (text) => `${text} (${which.title})`
  let made
  const client = () => (made ??= connect(which, { MODAL_SERVER_URL: server.modalUrl, MODAL_TOKEN_ID: 'ak-any', MODAL_TOKEN_SECRET: key }))
  const create = async (params, image = 'python:3.13-slim') => {
    const app = await client().apps.fromName('chain', { createIfMissing: true })
    return client().sandboxes.create(app, client().images.fromRegistry(image), { timeoutMs: 600_000, ...params })
  }
  const fresh = async (t, params) => {
    const sandbox = await create(params)
    t.after(() => sandbox.terminate())
    return sandbox
  }
  after(() => made?.close())

  promise(title('a sandbox starts from the given image and exists at the cloud'), async (t) => {
    const others = alive()
    const sandbox = await fresh(t, { env: { GREETING: 'ü' } })
    assert.equal(alive(), others + 1)
    assert.match((await sh(sandbox, 'python3 -V')).out, /^Python 3/)
    assert.equal((await sh(sandbox, 'echo $GREETING')).out, 'ü\n')
  })

  promise(title('input, stdout, stderr and the exit code are passed through'), async (t) => {
    const sandbox = await fresh(t)
    const process = await sandbox.exec(['sh', '-c', 'cat; echo no >&2; exit 7'])
    await process.stdin.writeText('one\n')
    await process.stdin.writeText('two ü\n')
    await process.stdin.close()
    assert.deepEqual(await outcome(process), { out: 'one\ntwo ü\n', err: 'no\n', code: 7 })
    assert.equal((await sh(sandbox, 'seq 1 200000 | tail -n 1')).out, '200000\n')
  })

  promise(title('a file is copied in and out byte for byte'), async (t) => {
    const sandbox = await fresh(t)
    const content = randomBytes(3_000_000)
    await sandbox.filesystem.writeBytes(content, '/tmp/file')
    assert.equal((await sh(sandbox, 'wc -c < /tmp/file')).out.trim(), `${content.length}`)
    assert.ok(content.equals(Buffer.from(await sandbox.filesystem.readBytes('/tmp/file'))))
  })

  promise(title('a request for a GPU reaches the cloud'), async (t) => {
    const sandbox = await fresh(t, { gpu: 'T4' })
    assert.equal((await sh(sandbox, 'echo up')).out, 'up\n')
  })

  promise(title('an image that the cloud lacks is refused with the cloud’s reason'), async () => {
    const error = await failure(create({}, 'no-such-image:1'))
    assert.match(`${error.details ?? ''} ${error.message}`, /no-such-image:1/)
  })

  promise(title('an idle sandbox ends at the cloud, and one in use does not'), async (t) => {
    const others = alive()
    const idle = await fresh(t, { idleTimeoutMs: 3_000 })
    const busy = await fresh(t, { idleTimeoutMs: 3_000 })
    const process = await busy.exec(['sleep', '15'])
    await eventually(() => alive() === others + 1)
    assert.equal(await process.wait(), 0)
    assert.equal(await idle.wait(), 124) // may take a minute: the server checks its sandboxes once a minute
  })

  promise(title('a terminated sandbox has ended at the cloud too'), async () => {
    const others = alive()
    const sandbox = await create()
    assert.equal(await sandbox.terminate({ wait: true }), 137)
    await eventually(() => alive() === others)
  })
}
