import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after } from 'node:test'
import WebSocket from 'ws'
import { Inbox } from '../../harness/inbox.mjs'
import { forEachSdk, isForwarded, promise, useServer } from '../../harness/suite.mjs'
import { open, request, toSandbox } from '../../harness/wire.mjs'

const context = useServer()
const WEB = readFileSync(new URL('../../harness/guest/web.py', import.meta.url), 'utf8')
const PORT = 8000

/** Starts the web server inside the sandbox and waits until it listens. */
async function serve(sandbox) {
  const out = new Inbox()
  await sandbox.files.write('web.py', WEB)
  await sandbox.commands.run(`exec python3 web.py ${PORT}`, { background: true, timeoutMs: 0, onStdout: (text) => out.push(text) })
  await out.untilText('ready')
  return sandbox
}

forEachSdk('ports', ({ fresh, ...sdk }) => {
  let common
  const serving = () => (common ??= sdk.Sandbox.create({ timeoutMs: 1_800_000 }).then(serve))
  after(async () => (await common)?.kill())
  const url = (path) => context.server.url + path
  const get = async (path, options) => {
    const sandbox = await serving()
    return request(url(path), { ...options, headers: { ...toSandbox(sandbox, PORT), ...options?.headers } })
  }

  promise('a port is reached by headers, with path, query, body and headers unchanged', async () => {
    const answer = await get('/some/path?a=1&b=%20c', { method: 'POST', body: 'hello ü', headers: { 'X-Mine': 'kept', 'Content-Length': '8' } })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['x-from'], 'inside')
    const said = answer.json()
    assert.equal(said.method, 'POST')
    assert.equal(said.path, '/some/path?a=1&b=%20c')
    assert.equal(said.body, 'hello ü')
    assert.equal(said.headers['X-Mine'], 'kept')
  })

  promise('a port is reached by its host name', async () => {
    const sandbox = await serving()
    for (const domain of [sandbox.sandboxDomain, 'localhost', `sandboxes.example.test:${context.server.port}`]) {
      const answer = await request(url('/hello'), { host: `${PORT}-${sandbox.sandboxId}.${domain}` })
      assert.equal(answer.status, 200, domain)
      assert.equal(answer.json().path, '/hello')
    }
  })

  promise('every method, every status and a chunked body are passed through', async () => {
    for (const method of ['PUT', 'DELETE', 'POST']) assert.equal((await get('/x', { method, body: 'y' })).json().method, method)
    assert.equal((await get('/teapot')).status, 418)
    assert.equal((await get('/x', { method: 'POST', body: 'in chunks', headers: { 'Transfer-Encoding': 'chunked' } })).json().body, 'in chunks')
  })

  promise('server-sent events arrive while the response is open', async () => {
    const stream = await open(url('/events'), { headers: toSandbox(await serving(), PORT) })
    const events = new Inbox()
    stream.on('data', (chunk) => events.push(chunk.toString()))
    const ended = new Promise((resolve) => stream.on('end', resolve))
    await events.untilText('data: first\n\n')
    await get('/go-on')
    await events.untilText('data: second\n\n')
    await ended
  })

  promise('WebSockets carry messages both ways, by headers and by host name', async () => {
    const sandbox = await serving()
    for (const headers of [toSandbox(sandbox, PORT), { Host: `${PORT}-${sandbox.sandboxId}.localhost` }]) {
      const socket = new WebSocket(`ws://127.0.0.1:${context.server.port}/socket`, { headers })
      const messages = new Inbox()
      socket.on('message', (data) => messages.push(data.toString()))
      await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
      for (const word of ['one', 'two']) {
        socket.send(word)
        await messages.untilText(`echo ${word}`)
      }
      const closed = new Promise((resolve) => socket.on('close', resolve))
      socket.close()
      await closed
    }
  })

  promise('20 MB are passed through unchanged', async () => {
    const answer = await get('/large')
    assert.ok(answer.bytes.equals(Buffer.from('0123456789abcdef'.repeat(20 << 16))))
  })

  promise('50 concurrent requests are all answered', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => get(`/number/${i}`)))
    answers.forEach((answer, i) => assert.equal(answer.json().path, `/number/${i}`))
  })

  promise('a port without a server gets a 502 with a reason', async () => {
    const sandbox = await serving()
    const answer = await request(url('/'), { headers: toSandbox(sandbox, 4) })
    assert.equal(answer.status, 502)
    const { sandboxId, ...rest } = answer.json()
    if (!isForwarded) assert.equal(sandboxId, sandbox.sandboxId)
    assert.deepEqual(rest, {
      message: 'The sandbox is running but port is not open',
      port: 4,
      code: 502,
    })
  })

  promise('an unknown sandbox gets a 502 with a reason', async () => {
    const unknown = { sandboxId: 'inosuchsandbox0000000' }
    for (const options of [{ headers: toSandbox(unknown, PORT) }, { host: `${PORT}-${unknown.sandboxId}.localhost` }]) {
      const answer = await request(url('/'), options)
      assert.equal(answer.status, 502)
      assert.deepEqual(answer.json(), { sandboxId: unknown.sandboxId, message: 'The sandbox was not found', code: 502 })
    }
  })

  promise('private ports need the traffic token', async (t) => {
    const sandbox = await serve(await fresh(t, { network: { allowPublicTraffic: false } }))
    assert.ok(sandbox.trafficAccessToken)
    const ask = (headers) => request(url('/'), { headers: { ...toSandbox(sandbox, PORT), ...headers } })
    assert.equal((await ask({})).status, 403)
    assert.equal((await ask({ 'e2b-traffic-access-token': 'wrong' })).status, 403)
    assert.equal((await ask({ 'e2b-traffic-access-token': sandbox.trafficAccessToken })).status, 200)
    assert.equal((await sdk.Sandbox.connect(sandbox.sandboxId)).trafficAccessToken, sandbox.trafficAccessToken)
  })

  promise('the server inside sees the requested host name', async (t) => {
    const sandbox = await serve(await fresh(t, { network: { maskRequestHost: 'masked.example.test:${PORT}' } }))
    const answer = await request(url('/'), { headers: toSandbox(sandbox, PORT) })
    assert.equal(answer.json().headers.Host, `masked.example.test:${PORT}`)
    assert.equal((await sandbox.getInfo()).network.maskRequestHost, 'masked.example.test:${PORT}')
  })

  promise('killing a sandbox closes only its own ports', async (t) => {
    const other = await serve(await fresh(t))
    const ask = () => request(url('/'), { headers: toSandbox(other, PORT) })
    assert.equal((await ask()).status, 200)
    await other.kill()
    assert.equal((await ask()).status, 502)
    assert.equal((await get('/')).status, 200)
  })
})
