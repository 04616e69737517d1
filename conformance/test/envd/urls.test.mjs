import assert from 'node:assert/strict'
import { forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { request, toSandbox } from '../../harness/wire.mjs'

const context = useServer()

forEachSdk('signed URLs', ({ shared, fresh, ...sdk }) => {
  const changed = (url, change) => {
    const copy = new URL(url)
    change(copy.searchParams)
    return copy.toString()
  }
  const refused = async (url, message, options) => {
    const answer = await fetch(url, options)
    assert.equal(answer.status, 401)
    const body = await answer.json()
    assert.equal(body.code, 401)
    assert.match(body.message, message)
  }
  const form = (text, name = 'ignored') => {
    const data = new FormData()
    data.append('file', new Blob([text]), name)
    return { method: 'POST', body: data }
  }

  promise('a download URL works without headers', async () => {
    const sandbox = await shared()
    await sandbox.files.write('for everybody.txt', 'hello ü')
    const answer = await fetch(await sandbox.downloadUrl('for everybody.txt'))
    assert.equal(answer.status, 200)
    assert.equal(await answer.text(), 'hello ü')
    assert.match(answer.headers.get('content-disposition'), /^inline/)
  })

  promise('a download URL supports ranges', async () => {
    const sandbox = await shared()
    await sandbox.files.write('ranges', '0123456789')
    const answer = await fetch(await sandbox.downloadUrl('ranges'), { headers: { Range: 'bytes=2-4' } })
    assert.equal(answer.status, 206)
    assert.equal(answer.headers.get('content-range'), 'bytes 2-4/10')
    assert.equal(await answer.text(), '234')
    const beyond = await fetch(await sandbox.downloadUrl('ranges'), { headers: { Range: 'bytes=20-' } })
    assert.equal(beyond.status, 416)
  })

  promise('an upload URL accepts a form', async () => {
    const sandbox = await shared()
    const answer = await fetch(await sandbox.uploadUrl('up/loaded.txt'), form('from outside'))
    assert.equal(answer.status, 200)
    assert.deepEqual(
      (await answer.json()).map(({ path, name, type }) => ({ path, name, type })),
      [{ path: '/home/user/up/loaded.txt', name: 'loaded.txt', type: 'file' }],
    )
    assert.equal(await sandbox.files.read('up/loaded.txt'), 'from outside')
  })

  promise('an upload URL accepts plain bytes', async () => {
    const sandbox = await shared()
    const answer = await fetch(await sandbox.uploadUrl('plain-bytes'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: 'bytes',
    })
    assert.equal(answer.status, 200)
    assert.equal(await sandbox.files.read('plain-bytes'), 'bytes')
  })

  promise('an upload URL without a path uses the name of the file in the form', async () => {
    const sandbox = await shared()
    const answer = await fetch(await sandbox.uploadUrl(), form('named', '/home/user/by/its/name'))
    assert.equal(answer.status, 200)
    assert.equal(await sandbox.files.read('by/its/name'), 'named')
  })

  promise('a URL that expires works until then', async () => {
    const sandbox = await shared()
    await sandbox.files.write('timed', 'in time')
    const download = await fetch(await sandbox.downloadUrl('timed', { useSignatureExpiration: 600 }))
    assert.equal(await download.text(), 'in time')
    const upload = await fetch(await sandbox.uploadUrl('timed', { useSignatureExpiration: 600 }), form('anew'))
    assert.equal(upload.status, 200)
    assert.equal(await sandbox.files.read('timed'), 'anew')
  })

  promise('an expired URL is refused as expired', async () => {
    const sandbox = await shared()
    await sandbox.files.write('late', 'x')
    const expired = { useSignatureExpiration: -60 }
    await refused(await sandbox.downloadUrl('late', expired), /^signature is already expired$/)
    await refused(await sandbox.uploadUrl('late', expired), /^signature is already expired$/, form('y'))
    assert.equal(await sandbox.files.read('late'), 'x')
  })

  promise('a URL that was tampered with is refused', async () => {
    const sandbox = await shared()
    await sandbox.files.write('guarded', 'x')
    const url = await sandbox.downloadUrl('guarded', { useSignatureExpiration: 600 })
    const changes = [
      (query) => query.set('path', '/etc/passwd'),
      (query) => query.set('username', 'root'),
      (query) => query.set('signature', query.get('signature').replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))),
      (query) => query.set('signature', 'v1_'),
      (query) => query.set('signature_expiration', String(Number(query.get('signature_expiration')) + 1)),
      (query) => query.delete('signature_expiration'),
    ]
    for (const change of changes) await refused(changed(url, change), /invalid signature/)
  })

  promise('a URL for reading doesn’t write, and one for writing doesn’t read', async () => {
    const sandbox = await shared()
    await sandbox.files.write('one-way', 'x')
    await refused(await sandbox.downloadUrl('one-way'), /invalid signature/, form('y'))
    await refused(await sandbox.uploadUrl('one-way'), /invalid signature/)
    assert.equal(await sandbox.files.read('one-way'), 'x')
  })

  promise('a URL without token and signature is refused', async () => {
    const answer = await request(`${context.server.url}/files?path=/etc/hostname`, { headers: toSandbox(await shared()) })
    assert.equal(answer.status, 401)
    assert.equal(answer.json().code, 401)
  })

  promise('a URL for another user uses that user’s home', async () => {
    const sandbox = await shared()
    await sandbox.files.write('/root/of-root', 'secret of root', { user: 'root' })
    const answer = await fetch(await sandbox.downloadUrl('of-root', { user: 'root' }))
    assert.equal(await answer.text(), 'secret of root')
    await fetch(await sandbox.uploadUrl('/tmp/owned', { user: 'root' }), form('x'))
    assert.equal((await sandbox.files.getInfo('/tmp/owned')).owner, 'root')
  })

  promise('a missing file gets 404, a directory 400', async () => {
    const sandbox = await shared()
    const missing = await fetch(await sandbox.downloadUrl('/no/such/file'))
    assert.equal(missing.status, 404)
    assert.deepEqual(await missing.json(), { code: 404, message: "path '/no/such/file' does not exist" })
    assert.equal((await fetch(await sandbox.downloadUrl('/etc'))).status, 400)
  })

  promise('a URL signed for one sandbox is refused by another', async (t) => {
    const sandboxes = await Promise.all([1, 2, 3].map(() => fresh(t)))
    for (const [i, sandbox] of sandboxes.entries()) await sandbox.files.write('who', `sandbox ${i}`)
    const urls = await Promise.all(sandboxes.map((sandbox) => sandbox.downloadUrl('who')))
    const answers = await Promise.all(urls.map((url) => fetch(url).then((answer) => answer.text())))
    assert.deepEqual(answers, ['sandbox 0', 'sandbox 1', 'sandbox 2'])
    await sandboxes[0].kill()
    const afterwards = await fetch(urls[0])
    assert.ok([401, 502].includes(afterwards.status), String(afterwards.status))
  })
})
