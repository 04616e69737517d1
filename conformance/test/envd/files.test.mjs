import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { request, toSandbox } from '../../harness/wire.mjs'

const context = useServer()
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

forEachSdk('files', ({ shared, fresh, ...sdk }) => {
  const files = async () => (await shared()).files
  const inside = async (command) => (await (await shared()).commands.run(command, { user: 'root' })).stdout

  promise('text is written and read, and writing returns name and path', async () => {
    const info = await (await files()).write('/home/user/greeting.txt', 'hello ü\n')
    assert.equal(info.name, 'greeting.txt')
    assert.equal(info.path, '/home/user/greeting.txt')
    assert.equal(info.type, 'file')
    assert.equal(await (await files()).read('/home/user/greeting.txt'), 'hello ü\n')
    assert.equal(await inside('cat /home/user/greeting.txt'), 'hello ü\n')
  })

  promise('every kind of data can be written', async () => {
    const bytes = randomBytes(5000)
    const kinds = {
      buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      blob: new Blob([bytes]),
      stream: new Blob([bytes]).stream(),
    }
    for (const [kind, data] of Object.entries(kinds)) {
      await (await files()).write(`kinds/${kind}`, data)
      assert.equal(sha256(await (await files()).read(`kinds/${kind}`, { format: 'bytes' })), sha256(bytes), kind)
    }
  })

  promise('every kind of data can be read', async () => {
    const bytes = randomBytes(70_000)
    await (await files()).write('formats', new Blob([bytes]))
    const read = async (format) => (await files()).read('formats', { format })
    assert.ok((await read('bytes')) instanceof Uint8Array)
    assert.equal(sha256(await read('bytes')), sha256(bytes))
    assert.equal(sha256(Buffer.from(await (await read('blob')).arrayBuffer())), sha256(bytes))
    assert.equal(sha256(Buffer.from(await new Response(await read('stream')).arrayBuffer())), sha256(bytes))
  })

  promise('an empty file is empty in every format', async () => {
    await (await files()).write('empty', '')
    assert.equal(await (await files()).read('empty'), '')
    assert.equal((await (await files()).read('empty', { format: 'bytes' })).length, 0)
    assert.equal((await (await files()).read('empty', { format: 'blob' })).size, 0)
    assert.equal(await new Response(await (await files()).read('empty', { format: 'stream' })).text(), '')
  })

  promise('one call writes several files', async () => {
    const wanted = ['many/a', 'many/deep/er/b', 'many/c'].map((path) => ({ path, data: `content of ${path}` }))
    const written = await (await files()).write(wanted)
    assert.deepEqual(written.map((info) => info.path).sort(), wanted.map(({ path }) => `/home/user/${path}`).sort())
    for (const { path, data } of wanted) assert.equal(await (await files()).read(path), data)
    const more = await (await files()).writeFiles([{ path: 'many/d', data: 'd' }])
    assert.equal(more.length, 1)
  })

  promise('one call writes several files as octet streams', async () => {
    const wanted = [1, 2, 3].map((i) => ({ path: `octets/${i}`, data: new Blob([`octet ${i}`]).stream() }))
    await (await files()).write(wanted)
    assert.equal(await inside('cat /home/user/octets/*'), 'octet 1octet 2octet 3')
  })

  promise('overwriting a longer file leaves none of its content', async () => {
    for (const useOctetStream of [false, true]) {
      await (await files()).write('shrinks', 'something long', { useOctetStream })
      await (await files()).write('shrinks', 'short', { useOctetStream })
      assert.equal(await (await files()).read('shrinks'), 'short')
    }
  })

  promise('missing directories are made and belong to the user', async () => {
    await (await files()).write('/home/user/new/dirs/file', 'x')
    assert.equal(await inside('stat -c "%U:%G %a" /home/user/new /home/user/new/dirs'), 'user:user 755\nuser:user 755\n')
    assert.equal(await inside('stat -c "%U:%G %a" /home/user/new/dirs/file'), 'user:user 644\n')
  })

  promise('20 MB are written and read unchanged, as a form and as a stream', async () => {
    const bytes = randomBytes(20 << 20)
    for (const data of [new Blob([bytes]), new Blob([bytes]).stream()]) {
      await (await files()).write('/tmp/large', data)
      assert.equal((await inside('sha256sum /tmp/large')).split(' ')[0], sha256(bytes))
    }
    const hash = createHash('sha256')
    for await (const chunk of await (await files()).read('/tmp/large', { format: 'stream' })) hash.update(chunk)
    assert.equal(hash.digest('hex'), sha256(bytes))
  })

  promise('gzip changes the transport, not the content', async () => {
    const text = 'compressible '.repeat(10_000)
    await (await files()).write('zipped', text, { gzip: true })
    assert.equal(await inside('wc -c < /home/user/zipped'), `${text.length}\n`)
    assert.equal(await (await files()).read('zipped', { gzip: true }), text)
    const sandbox = await shared()
    const answer = await request(`${context.server.url}/files?path=zipped`, {
      headers: { ...toSandbox(sandbox), 'X-Access-Token': sandbox.envdAccessToken, 'Accept-Encoding': 'gzip' },
    })
    assert.equal(answer.headers['content-encoding'], 'gzip')
    assert.ok(answer.bytes.length < text.length / 10)
  })

  promise('metadata of a file is kept, with keys in lower case', async () => {
    const written = await (await files()).write('described', 'x', { metadata: { Author: 'somebody', purpose: 'a test; with "signs"' } })
    const metadata = { author: 'somebody', purpose: 'a test; with "signs"' }
    assert.deepEqual(written.metadata, metadata)
    assert.deepEqual((await (await files()).getInfo('described')).metadata, metadata)
    const listed = (await (await files()).list('/home/user')).find((entry) => entry.name === 'described')
    assert.deepEqual(listed.metadata, metadata)
    await (await files()).write('described', 'y', { metadata: { only: 'this' } })
    assert.deepEqual((await (await files()).getInfo('described')).metadata, { only: 'this' })
  })

  promise('names may contain blanks, quotes, symbols and any script', async () => {
    for (const name of ['with blank', `it's "quoted"`, 'a+b&c=d%20e#f?g;h', '漢字-ü-🙂', '-rf', '$(touch pwned)', 'back\\slash']) {
      for (const useOctetStream of [false, true]) {
        await (await files()).write(`/tmp/names/${name}`, name, { useOctetStream })
        assert.equal(await (await files()).read(`/tmp/names/${name}`), name)
      }
      assert.ok((await (await files()).list('/tmp/names')).some((entry) => entry.name === name), name)
    }
    assert.equal(await (await files()).exists('/home/user/pwned'), false)
  })

  promise('relative paths and ~ start at the user’s home', async () => {
    await (await files()).write('relative/file', 'one')
    assert.equal(await (await files()).read('/home/user/relative/file'), 'one')
    await (await files()).write('~/tilde', 'two')
    assert.equal(await (await files()).read('/home/user/tilde'), 'two')
    await (await files()).write('of-root', 'three', { user: 'root' })
    assert.equal(await inside('cat /root/of-root; stat -c %U /root/of-root'), 'threeroot\n')
  })

  promise('reading a missing file throws FileNotFoundError, in every format', async () => {
    for (const format of ['text', 'bytes', 'blob', 'stream']) {
      const error = await failure((await files()).read('/no/such/file', { format }), sdk.FileNotFoundError)
      assert.match(error.message, /path '\/no\/such\/file' does not exist/)
      assert.ok(error instanceof sdk.NotFoundError)
    }
  })

  promise('reading a directory throws InvalidArgumentError', async () => {
    await failure((await files()).read('/home/user'), sdk.InvalidArgumentError, /path '\/home\/user' is a directory/)
  })

  promise('writing to a directory throws InvalidArgumentError', async () => {
    for (const useOctetStream of [false, true]) {
      await failure((await files()).write('/home/user', 'x', { useOctetStream }), sdk.InvalidArgumentError)
    }
  })

  promise('a file is read completely and in part through a link', async () => {
    const sandbox = await shared()
    const text = 'a line of text\n'.repeat(1000)
    await sandbox.files.write('behind-a-link', text)
    await sandbox.commands.run('ln -sf behind-a-link link && ln -sf link link-to-link')
    for (const path of ['link', 'link-to-link']) {
      assert.equal(await sandbox.files.read(path), text)
      const part = await request(await sandbox.downloadUrl(path), { headers: { Range: 'bytes=-5' } })
      assert.equal(part.status, 206)
      assert.equal(part.headers['content-range'], `bytes ${text.length - 5}-${text.length - 1}/${text.length}`)
      assert.equal(part.body, 'text\n')
    }
  })

  promise('a refused upload always returns the reason', async () => {
    const { sandboxId } = await shared()
    const intruder = new sdk.Sandbox({ sandboxId, envdVersion: '0.6.13', envdAccessToken: 'made-up' })
    for (const data of ['x', new Blob([Buffer.alloc(200_000)])]) {
      for (let i = 0; i < 20; i++) {
        await failure(intruder.files.write('x', data), sdk.AuthenticationError)
        await failure((await files()).write('x', data, { user: 'stranger' }), sdk.AuthenticationError)
        await failure((await files()).write('/home/user', data, { useOctetStream: true }), sdk.InvalidArgumentError)
      }
    }
  })

  promise('writing below a file is an error and changes nothing', async () => {
    await (await files()).write('plain', 'as it was')
    await failure((await files()).write('plain/below', 'x'), sdk.SandboxError)
    assert.equal(await (await files()).read('plain'), 'as it was')
  })

  promise('an unknown user throws AuthenticationError', async () => {
    await failure((await files()).read('greeting.txt', { user: 'stranger' }), sdk.AuthenticationError)
    await failure((await files()).write('greeting.txt', 'x', { user: 'stranger' }), sdk.AuthenticationError)
    await failure((await files()).list('.', { user: 'stranger' }), sdk.AuthenticationError)
  })

  promise('a full disk throws NotEnoughSpaceError, and the sandbox keeps working', async (t) => {
    const sandbox = await fresh(t, 'tiny')
    await failure(sandbox.files.write('too-large', new Blob([Buffer.alloc(100 << 20)])), sdk.NotEnoughSpaceError)
    await sandbox.files.remove('too-large')
    await sandbox.files.write('small', 'fits')
    assert.equal(await sandbox.files.read('small'), 'fits')
  })

  promise('40 files are written and read at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await (await files()).write(`parallel/${i}`, `number ${i}`)
        assert.equal(await (await files()).read(`parallel/${i}`), `number ${i}`)
      }),
    )
  })
})
