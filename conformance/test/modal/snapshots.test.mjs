import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { forEachClient, sh, useModal } from '../../harness/modal.mjs'
import { eventually } from '../../harness/inbox.mjs'
import { failure, promise } from '../../harness/suite.mjs'

const context = useModal()

forEachClient(context, 'snapshots and ports', ({ client, app, fresh, isV2, isNewest, ...sdk }) => {
  const from = async (t, image) => {
    const sandbox = await client().sandboxes.create(await app(), image)
    t.after(() => client().sandboxes.fromId(sandbox.sandboxId).then((same) => same.terminate()))
    return sandbox
  }

  promise('a sandbox starts from a snapshot of another sandbox’s files, even if that sandbox has ended', async (t) => {
    const source = await fresh(t)
    await source.filesystem.writeText('then', '/root/state')
    await sh(source, 'touch -d @1700000000 /opt/old; chmod 600 /opt/old')
    const image = await source.snapshotFilesystem()
    assert.match(image.imageId, /^im-/)
    await source.filesystem.writeText('later', '/root/state')
    const copy = await from(t, image)
    assert.equal(await copy.filesystem.readText('/root/state'), 'then')
    assert.equal((await copy.filesystem.stat('/opt/old')).mode & 0o777, 0o600)
    assert.equal(await source.filesystem.readText('/root/state'), 'later')
    await source.terminate()
    const again = await from(t, await client().images.fromId(image.imageId))
    assert.equal(await again.filesystem.readText('/root/state'), 'then')
  })

  promise('a deleted snapshot is not found', async (t) => {
    const image = await (await fresh(t)).snapshotFilesystem()
    await client().images.delete(image.imageId)
    await failure(client().images.fromId(image.imageId), sdk.NotFoundError)
  })

  promise('a directory is snapshotted and mounted in another sandbox', async (t) => {
    const source = await fresh(t)
    await sh(source, 'mkdir -p /data/sub; echo one > /data/file; echo two > /data/sub/file; ln -s file /data/link; chmod 640 /data/file')
    const image = await source.snapshotDirectory('/data')
    await sh(source, 'echo later > /data/file')
    const other = await fresh(t)
    await other.mountImage('/mnt/data', image)
    assert.equal(await other.filesystem.readText('/mnt/data/file'), 'one\n')
    assert.equal(await other.filesystem.readText('/mnt/data/sub/file'), 'two\n')
    assert.equal((await other.filesystem.stat('/mnt/data/file')).mode & 0o777, 0o640)
    assert.equal((await other.filesystem.stat('/mnt/data/link')).symlinkTarget, 'file')
  })

  promise('a mounted directory is unmounted', async (t) => {
    const sandbox = await fresh(t)
    await sh(sandbox, 'mkdir -p /data; echo one > /data/file')
    await sandbox.mountImage('/mnt/data', await sandbox.snapshotDirectory('/data'))
    await sandbox.unmountImage('/mnt/data')
    await failure(sandbox.filesystem.readText('/mnt/data/file'), sdk.SandboxFilesystemNotFoundError)
  })

  promise('a missing directory can’t be snapshotted', async (t) => {
    await failure((await fresh(t)).snapshotDirectory('/no/such/directory'))
  })

  /** Sends a line to a port and returns the answer. */
  const ask = async (host, port, line) => {
    const socket = net.connect(port, host)
    await once(socket, 'connect')
    socket.end(line)
    const parts = []
    for await (const part of socket) parts.push(part)
    return Buffer.concat(parts).toString()
  }
  const ECHO = `python3 -c "
import socket
s = socket.create_server(('127.0.0.1', 4000))
while True:
    c, _ = s.accept()
    data = b''
    while part := c.recv(65536): data += part
    c.sendall(b'heard ' + data)
    c.close()
" >/dev/null 2>&1 &`

  promise('a port without encryption is a TCP port of the server, until the sandbox ends', async (t) => {
    const sandbox = await fresh(t, { unencryptedPorts: [4000] })
    await sh(sandbox, ECHO)
    const tunnel = (await sandbox.tunnels())[4000]
    const [host, port] = tunnel.tcpSocket
    await eventually(() => ask(host, port, 'hello').then((said) => said === 'heard hello', () => false))
    const large = 'x'.repeat(300_000)
    assert.equal(await ask(host, port, large), `heard ${large}`)
    await sandbox.terminate({ wait: true })
    await eventually(() => ask(host, port, 'hello').then((said) => said === '', () => true))
  })

  if (isV2) {
    promise('a sandbox is not idle while a client is connected to it', async (t) => {
      const sandbox = await fresh(t, { unencryptedPorts: [4000], idleTimeoutMs: 2_000 })
      await sh(sandbox, ECHO)
      const [host, port] = (await sandbox.tunnels())[4000].tcpSocket
      await eventually(() => ask(host, port, 'hello').then((said) => said === 'heard hello', () => false))
      const socket = net.connect(port, host).on('error', () => undefined)
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      assert.equal(await sandbox.poll(), null)
      socket.destroy()
      await sandbox.wait()
    })
  }

  promise('an encrypted port has no tunnel, and only asking for the tunnel fails', async (t) => {
    const both = await fresh(t, { encryptedPorts: [3000], unencryptedPorts: [4000], h2Ports: [5000] })
    assert.deepEqual(Object.keys(await both.tunnels()), ['4000'])
    await failure((await fresh(t, { encryptedPorts: [3000] })).tunnels(), undefined, /unencryptedPorts/)
    assert.deepEqual(await (await fresh(t)).tunnels(), {})
  })

  promise('a sandbox is ready when its port answers', async (t) => {
    const sandbox = await fresh(t, { readinessProbe: sdk.Probe.withTcp(4000) })
    const ready = sandbox.waitUntilReady(30_000)
    await sh(sandbox, ECHO)
    await ready
  })

  promise('a sandbox is ready when its command succeeds, and not before', async (t) => {
    const sandbox = await fresh(t, { readinessProbe: sdk.Probe.withExec(['test', '-e', '/tmp/ready']) })
    await failure(sandbox.waitUntilReady(1_500))
    await sandbox.filesystem.writeText('', '/tmp/ready')
    await sandbox.waitUntilReady(30_000)
  })
})
