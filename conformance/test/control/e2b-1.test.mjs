import '../../harness/loopback.mjs'
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import * as sdk from 'e2b-1'
import { eventually, Inbox } from '../../harness/inbox.mjs'
import { escapes } from '../../harness/loopback.mjs'
import { LOCAL, Server } from '../../harness/server.mjs'
import { failure, promise } from '../../harness/suite.mjs'
import { TlsFront } from '../../harness/tls.mjs'

// The last e2b 1.x knows neither E2B_API_URL nor E2B_SANDBOX_URL. It gets a domain and calls https://api.<domain> and
// https://<port>-<id>.<domain>, which needs a TLS proxy and a wildcard name in front of the server.
const { Sandbox } = sdk

/** Works around a timer that the SDK leaves when a command can't start. It would keep this process alive for a minute. */
const NO_TIMER = { requestTimeoutMs: 0 }

let front, server, common

before(async () => {
  front = await TlsFront.start()
  server = await Server.startUnder(front.domain)
  front.leadTo(server.port)
  const { key } = await server.createKey(LOCAL)
  Object.assign(process.env, { E2B_DOMAIN: front.domain, E2B_API_KEY: key, NODE_TLS_REJECT_UNAUTHORIZED: '0' })
  common = await Sandbox.create({ timeoutMs: 1_800_000, envs: { FROM_CREATION: 'creation' } })
})

after(async () => {
  await common?.kill()
  await server?.close()
  await front?.close()
  assert.deepEqual(escapes, [], 'attempts to leave this machine')
})

const fresh = async (t, ...args) => {
  const sandbox = await Sandbox.create(...args)
  t.after(() => Sandbox.kill(sandbox.sandboxId))
  return sandbox
}

promise('a sandbox is created, found, extended and killed', async (t) => {
  const made = await fresh(t, 'ci', { metadata: { owner: 'a&b=ü', kind: 'old' }, timeoutMs: 120_000 })
  assert.equal(made.envdAccessToken, undefined)
  assert.equal(await made.isRunning(), true)
  const info = await made.getInfo()
  assert.deepEqual(info.metadata, { owner: 'a&b=ü', kind: 'old' })
  await made.setTimeout(240_000)
  assert.ok((await Sandbox.getInfo(made.sandboxId)).endAt > info.endAt)
  const found = await Sandbox.list({ query: { metadata: { owner: 'a&b=ü' } } })
  assert.deepEqual(found.map(({ sandboxId }) => sandboxId), [made.sandboxId])
  assert.ok((await Sandbox.list()).some(({ sandboxId }) => sandboxId === common.sandboxId))
  assert.equal((await (await Sandbox.connect(made.sandboxId)).commands.run('echo again')).stdout, 'again\n')
  await made.kill()
  assert.equal(await made.isRunning(), false)
  assert.equal(await Sandbox.kill(made.sandboxId), false)
  await failure(Sandbox.connect(made.sandboxId), sdk.SandboxError, /404/)
  await failure(made.commands.run('true', NO_TIMER), sdk.NotFoundError, /not running anymore/)
})

promise('commands have output, variables, a directory, a user and an exit code', async () => {
  const { commands } = common
  const said = await commands.run('echo out; echo err >&2; echo $FROM_CREATION $MORE; pwd', { envs: { MORE: 'more' }, cwd: '/tmp' })
  assert.equal(said.stdout, 'out\ncreation more\n/tmp\n')
  assert.equal(said.stderr, 'err\n')
  assert.equal((await commands.run('whoami', { user: 'root' })).stdout, 'root\n')
  assert.equal((await commands.run('whoami')).stdout, 'user\n')
  assert.equal((await failure(commands.run('exit 7'), sdk.CommandExitError)).exitCode, 7)
  await failure(commands.run('sleep 600', { timeoutMs: 1000 }), sdk.TimeoutError)
})

promise('a background command is listed, gets input, is connected to and killed', async () => {
  const { commands } = common
  const out = new Inbox()
  const cat = await commands.run('cat', { background: true, timeoutMs: 0, onStdout: (text) => out.push(text) })
  assert.ok((await commands.list()).some(({ pid }) => pid === cat.pid))
  await commands.sendStdin(cat.pid, 'typed\n')
  await out.untilText('typed\n')
  const again = await commands.connect(cat.pid, { timeoutMs: 0 })
  assert.equal(await commands.kill(cat.pid), true)
  await failure(cat.wait(), sdk.CommandExitError)
  await failure(again.wait(), sdk.CommandExitError)
  assert.equal(await commands.kill(cat.pid), false)
})

promise('files are written, read, listed, moved and removed', async () => {
  const { files } = common
  assert.equal((await files.write('old/a.txt', 'content ü')).path, '/home/user/old/a.txt')
  assert.equal(await files.read('old/a.txt'), 'content ü')
  const bytes = Uint8Array.from({ length: 3 << 20 }, (_, i) => i % 251)
  await files.write([{ path: 'old/b', data: bytes.buffer }, { path: 'old/empty', data: '' }])
  assert.ok(Buffer.from(await files.read('old/b', { format: 'bytes' })).equals(Buffer.from(bytes)))
  assert.equal(await files.read('old/empty'), '')
  assert.deepEqual((await files.list('old')).map(({ name }) => name).sort(), ['a.txt', 'b', 'empty'])
  assert.equal(await files.makeDir('old/sub'), true)
  assert.equal(await files.makeDir('old/sub'), false)
  assert.equal((await files.rename('old/a.txt', 'old/sub/c.txt')).path, '/home/user/old/sub/c.txt')
  assert.equal(await files.exists('old/a.txt'), false)
  assert.equal((await files.getInfo('old/sub/c.txt')).owner, 'user')
  await files.remove('old/sub')
  assert.equal(await files.exists('old/sub'), false)
  await failure(files.read('old/missing'), sdk.NotFoundError)
  await failure(files.list('old/missing'), sdk.NotFoundError)
})

promise('a directory is watched', async (t) => {
  const events = new Inbox()
  await common.files.makeDir('watched/sub')
  const handle = await common.files.watchDir('watched', (event) => events.push(event), { recursive: true, timeoutMs: 0 })
  t.after(() => handle.stop())
  await common.files.write('watched/sub/new', 'x')
  await events.until((all) => all.find(({ type, name }) => type === sdk.FilesystemEventType.CREATE && name === 'sub/new'))
})

promise('a terminal takes input and a new size', async (t) => {
  const screen = new Inbox()
  const decoder = new TextDecoder()
  const shell = await common.pty.create({ cols: 80, rows: 24, timeoutMs: 0, onData: (bytes) => screen.push(decoder.decode(bytes, { stream: true })) })
  t.after(() => common.pty.kill(shell.pid))
  shell.wait().catch(() => undefined)
  await common.pty.resize(shell.pid, { cols: 101, rows: 31 })
  await common.pty.sendInput(shell.pid, new TextEncoder().encode('echo size $(stty size) end\n'))
  await screen.untilText('size 31 101 end')
})

promise('URLs of files work; a secured sandbox needs them to be signed', async (t) => {
  for (const [sandbox, options] of [[common], [await fresh(t, { secure: true }), { useSignatureExpiration: 60_000 }]]) {
    const form = new FormData()
    form.append('file', new Blob(['by url']), 'url.txt')
    const sent = await fetch(await sandbox.uploadUrl('url.txt', options), { method: 'POST', body: form })
    assert.equal(sent.status, 200, await sent.text())
    assert.equal(await sandbox.files.read('url.txt'), 'by url')
    const got = await fetch(await sandbox.downloadUrl('url.txt', options))
    assert.equal(await got.text(), 'by url')
  }
})

promise('a secured sandbox returns a token and refuses calls without it', async (t) => {
  const secured = await fresh(t, { secure: true })
  assert.ok(secured.envdAccessToken)
  assert.equal((await secured.commands.run('echo in')).stdout, 'in\n')
  const without = new Sandbox({ sandboxId: secured.sandboxId, sandboxDomain: front.domain })
  await failure(without.commands.run('true', NO_TIMER), sdk.AuthenticationError)
  await failure(without.files.read('/etc/passwd'), sdk.AuthenticationError)
})

promise('a server in the sandbox is reached at the address that getHost returns', async (t) => {
  const web = await common.commands.run('exec python3 -m http.server 8000', { background: true, timeoutMs: 0, cwd: '/usr' })
  t.after(() => web.kill())
  web.wait().catch(() => undefined)
  const page = await eventually(async () => {
    const answer = await fetch(`https://${common.getHost(8000)}/`)
    return answer.status === 200 && (await answer.text())
  }, 'the server inside')
  assert.match(page, /Directory listing/)
})

promise('metrics are reported', async () => {
  const [measured] = await eventually(async () => {
    const all = await common.getMetrics()
    return all.length > 0 && all
  }, 'metrics')
  assert.ok(measured.memTotal > 0)
  assert.ok(measured.cpuCount > 0)
})

promise('a wrong key and an unknown template are refused with a reason', async () => {
  await failure(Sandbox.create({ apiKey: `e2b_${'0'.repeat(40)}` }), sdk.SandboxError, /^401: Invalid API key/)
  await failure(Sandbox.create('no-such-template'), sdk.SandboxError, /no-such-template/)
})
