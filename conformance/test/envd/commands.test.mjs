import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Inbox } from '../../harness/inbox.mjs'
import { CANARY } from '../../harness/server.mjs'
import { failure, forEachSdk, isForwarded, promise, useServer } from '../../harness/suite.mjs'

useServer()

forEachSdk('commands', ({ shared, fresh, ...sdk }) => {
  const run = async (command, options) => (await shared()).commands.run(command, options)

  promise('stdout, stderr and the exit code are returned separately', async () => {
    const result = await run('echo out; echo err >&2')
    assert.equal(result.stdout, 'out\n')
    assert.equal(result.stderr, 'err\n')
    assert.equal(result.exitCode, 0)
    assert.ok(!result.error)
  })

  promise('output is delivered while the command runs', async () => {
    const sandbox = await shared()
    const [out, err] = [new Inbox(), new Inbox()]
    const gate = `/tmp/gate-${sdk.version}`
    const running = sandbox.commands.run(`echo first; echo trouble >&2; while [ ! -e ${gate} ]; do sleep 0.05; done; echo second`, {
      onStdout: (text) => out.push(text),
      onStderr: (text) => err.push(text),
    })
    await out.untilText('first\n')
    await err.untilText('trouble\n')
    await sandbox.files.write(gate, '')
    assert.equal((await running).stdout, 'first\nsecond\n')
    assert.equal(out.text, 'first\nsecond\n')
  })

  promise('a failing command throws CommandExitError with the complete result', async () => {
    const error = await failure(run('echo partly; echo why >&2; exit 3'), sdk.CommandExitError)
    assert.equal(error.exitCode, 3)
    assert.equal(error.stdout, 'partly\n')
    assert.equal(error.stderr, 'why\n')
    assert.equal(error.error, 'exit status 3')
    assert.ok(error instanceof sdk.SandboxError)
  })

  promise('an unknown program ends with exit code 127', async () => {
    const error = await failure(run('no-such-program-here'), sdk.CommandExitError)
    assert.equal(error.exitCode, 127)
    assert.match(error.stderr, /not found/)
  })

  promise('a command that dies by a signal has exit code -1 and names the signal', async () => {
    const killed = await failure(run('kill -KILL $$'), sdk.CommandExitError)
    assert.equal(killed.exitCode, -1)
    assert.equal(killed.error, 'signal: killed')
    const terminated = await failure(run('kill -TERM $$'), sdk.CommandExitError)
    assert.equal(terminated.exitCode, -1)
    assert.equal(terminated.error, 'signal: terminated')
  })

  promise('a command runs in a login shell', async () => {
    assert.equal((await run('shopt -q login_shell && echo login')).stdout, 'login\n')
  })

  promise('variables of the request override the sandbox’s, which override the profile’s', async (t) => {
    const sandbox = await fresh(t, 'ci', { envs: { ALSO_FROM_PROFILE: 'sandbox', FROM_SANDBOX: 'sandbox', BOTH: 'sandbox' } })
    const { stdout } = await sandbox.commands.run('echo $FROM_PROFILE $ALSO_FROM_PROFILE $FROM_SANDBOX $BOTH $OWN', {
      envs: { BOTH: 'request', OWN: 'request' },
    })
    assert.equal(stdout, 'profile sandbox sandbox request request\n')
  })

  promise('values of variables arrive unchanged', async () => {
    const value = `a b  "c" 'd' $HOME \\ ü 漢\nsecond line`
    assert.equal((await run('printf %s "$VALUE"', { envs: { VALUE: value } })).stdout, value)
  })

  promise('a command’s user, home and directory are set', async () => {
    const sandbox = await shared()
    const { stdout } = await run('echo $USER $LOGNAME $HOME; id -un; pwd; echo $E2B_SANDBOX $E2B_SANDBOX_ID')
    // a sandbox behind another server has a different id there
    const id = isForwarded ? '[a-z0-9]+' : sandbox.sandboxId
    assert.match(stdout, new RegExp(`^user user /home/user\nuser\n/home/user\ntrue ${id}\n$`))
  })

  promise('a command can’t see the server’s environment', async () => {
    const { stdout } = await run('env; cat /proc/1/environ 2>/dev/null | tr "\\0" "\\n"')
    for (const name of [CANARY, 'SANDBOXER_HOME', 'E2B_API_KEY']) assert.ok(!stdout.includes(name), name)
  })

  promise('a command starts in the given directory', async () => {
    assert.equal((await run('pwd', { cwd: '/usr' })).stdout, '/usr\n')
  })

  promise('a directory that doesn’t exist throws InvalidArgumentError', async () => {
    await failure(run('pwd', { cwd: '/no/such/place' }), sdk.InvalidArgumentError, /cwd '\/no\/such\/place' does not exist/)
  })

  promise('a command runs as the given user', async () => {
    assert.equal((await run('id -un; echo $HOME', { user: 'root' })).stdout, 'root\n/root\n')
    assert.equal((await run('id -un', { user: 'user' })).stdout, 'user\n')
  })

  promise('an unknown user throws AuthenticationError', async () => {
    await failure(run('true', { user: 'nobody-of-that-name' }), sdk.AuthenticationError)
  })

  promise('stdin of a command without input is empty', async () => {
    assert.equal((await run('cat; echo done')).stdout, 'done\n')
  })

  promise('a command is killed after timeoutMs and throws TimeoutError', async () => {
    const error = await failure(run('echo $$ > /tmp/slow.pid; exec sleep 1000', { timeoutMs: 1500 }), sdk.TimeoutError)
    assert.match(error.message, /deadline_exceeded/)
    const { stdout } = await run('while kill -0 $(cat /tmp/slow.pid) 2>/dev/null; do sleep 0.05; done; echo gone')
    assert.equal(stdout, 'gone\n')
  })

  promise('timeoutMs 0 sets no limit', async () => {
    assert.equal((await run('sleep 0.5; echo done', { timeoutMs: 0 })).stdout, 'done\n')
  })

  promise('3 MB of output arrive complete and in order', async () => {
    const { stdout } = await run('seq 1 450000 | head -c 3000000')
    let expected = ''
    for (let i = 1; expected.length < 3_000_000; i++) expected += `${i}\n`
    assert.equal(stdout.length, 3_000_000)
    assert.equal(sha256(stdout), sha256(expected.slice(0, 3_000_000)))
  })

  promise('characters that are split between chunks arrive intact', async () => {
    const { stdout } = await run(`for i in $(seq 30000); do printf 'ä漢🙂x'; done`)
    assert.equal(sha256(stdout), sha256('ä漢🙂x'.repeat(30_000)))
  })

  promise('bytes that are not UTF-8 become replacement characters', async () => {
    assert.equal((await run(`printf 'a\\xff\\xfeb\\x00c'`)).stdout, 'a\ufffd\ufffdb\0c')
  })

  promise('a command of 100 kB with quotes and line ends arrives unchanged', async () => {
    const text = `it's "quoted" $(not run) \`nor this\` \\ ü\n`.repeat(2400)
    const { stdout } = await run(`cat <<'END'\n${text}END\n`)
    assert.equal(sha256(stdout), sha256(text))
  })

  promise('a command ends although a background process with redirected output keeps running', async () => {
    const { stdout } = await run('nohup sleep 1000 >/dev/null 2>&1 & echo $!')
    assert.match(stdout, /^\d+\n$/)
    await run(`kill ${stdout.trim()}`)
  })

  promise('60 concurrent commands each get their own output', async () => {
    const results = await Promise.all(Array.from({ length: 60 }, (_, i) => run(`echo number ${i}; echo error ${i} >&2`)))
    results.forEach((result, i) => {
      assert.equal(result.stdout, `number ${i}\n`)
      assert.equal(result.stderr, `error ${i}\n`)
    })
  })
})

function sha256(text) {
  return createHash('sha256').update(text).digest('hex')
}
