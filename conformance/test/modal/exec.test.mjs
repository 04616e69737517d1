import assert from 'node:assert/strict'
import { createHash, randomFillSync } from 'node:crypto'
import { forEachClient, outcome, sh, useModal } from '../../harness/modal.mjs'
import { Inbox } from '../../harness/inbox.mjs'
import { failure, promise } from '../../harness/suite.mjs'

const context = useModal()
const MIB = 1 << 20
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex')

forEachClient(context, 'commands', ({ client, shared, fresh, ...sdk }) => {
  const run = async (line, params) => sh(await shared(), line, params)

  /** Collects the items of a stream in an inbox as they arrive. */
  const follow = (stream) => {
    const seen = new Inbox()
    const reading = (async () => {
      for await (const chunk of stream) seen.push(chunk)
    })()
    reading.catch(() => undefined)
    return seen
  }

  promise('stdout, stderr and the exit code are separate', async () => {
    assert.deepEqual(await run('echo out; echo err >&2; exit 3'), { out: 'out\n', err: 'err\n', code: 3 })
  })

  promise('arguments arrive unchanged', async () => {
    const words = ['a b', '', '"quoted"', "it's", '$HOME', '*', 'ü€😀', 'new\nline', '-n', '--']
    const process = await (await shared()).exec(['printf', '[%s]', ...words])
    assert.equal((await outcome(process)).out, words.map((word) => `[${word}]`).join(''))
  })

  promise('output can be read after the command has ended', async () => {
    const process = await (await shared()).exec(['sh', '-c', 'echo early; echo late >&2'])
    assert.equal(await process.wait(), 0)
    assert.equal(await process.stdout.readText(), 'early\n')
    assert.equal(await process.stderr.readText(), 'late\n')
  })

  promise('output arrives while the command runs', async () => {
    const process = await (await shared()).exec(['sh', '-c', 'echo first; read go; echo second'])
    const seen = follow(process.stdout)
    await seen.untilText('first\n')
    assert.ok(!seen.text.includes('second'))
    await process.stdin.writeText('go\n')
    await seen.untilText('second\n')
    assert.equal(await process.wait(), 0)
  })

  promise('every exit code is reported', async () => {
    for (const code of [0, 1, 2, 126, 127, 255]) assert.equal((await run(`exit ${code}`)).code, code)
  })

  promise('a command ended by a signal has exit code 128 plus its number', async () => {
    assert.equal((await run('kill -TERM $$')).code, 143)
    assert.equal((await run('kill -KILL $$')).code, 137)
  })

  promise('a missing command fails', async () => {
    const sandbox = await shared()
    const result = await sandbox.exec(['/no/such/command']).then(outcome, (error) => ({ error }))
    if (result.error) assert.match(result.error.message, /no such|not found|NOT_FOUND/i)
    else assert.ok(result.code === 127 || result.code === 126, JSON.stringify(result))
  })

  promise('a missing directory fails', async () => {
    const sandbox = await shared()
    const result = await sandbox.exec(['true'], { workdir: '/no/such/directory' }).then(outcome, (error) => ({ error }))
    assert.ok(result.error || result.code !== 0, JSON.stringify(result))
  })

  promise('a command has a directory and variables of its own', async () => {
    assert.equal((await run('echo $PWD $MINE', { workdir: '/usr', env: { MINE: 'mine' } })).out, '/usr mine\n')
    assert.equal((await run('echo ${MINE-unset}')).out, 'unset\n')
  })

  promise('a command’s variables override the sandbox’s, and secrets are variables', async (t) => {
    const sandbox = await fresh(t, { env: { A: 'sandbox', B: 'sandbox' } })
    const secret = await client().secrets.fromObject({ C: 'secret' })
    const { out } = await sh(sandbox, 'echo $A $B $C', { env: { B: 'command' }, secrets: [secret] })
    assert.equal(out, 'sandbox command secret\n')
  })

  promise('commands run as root and can’t see the server’s environment', async () => {
    assert.equal((await run('id -u; env | grep -c CONFORMANCE_CANARY')).out, '0\n0\n')
  })

  promise('stdin is read until it is closed', async () => {
    const process = await (await shared()).exec(['cat'])
    await process.stdin.writeText('one\n')
    await process.stdin.writeText('two ü\n')
    await process.stdin.close()
    assert.deepEqual(await outcome(process), { out: 'one\ntwo ü\n', err: '', code: 0 })
  })

  promise('stdin stays open until it is closed, even if nothing is written', async () => {
    const process = await (await shared()).exec(['sh', '-c', 'read -t 1 line; echo "status $?"; exit 0'])
    const { out } = await outcome(process)
    assert.doesNotMatch(out, /^status [01]\n$/, out) // 1 = end of input
  })

  promise('bytes of all values pass through stdin and stdout', async () => {
    const bytes = randomFillSync(Buffer.alloc(300_001))
    const process = await (await shared()).exec(['cat'], { mode: 'binary' })
    await process.stdin.writeBytes(bytes)
    await process.stdin.close()
    const back = await process.stdout.readBytes()
    assert.equal(digest(back), digest(bytes))
    assert.equal(await process.wait(), 0)
  })

  promise('characters that are split between chunks arrive intact', async () => {
    const { out } = await run(`printf '\\342'; sleep 0.3; printf '\\202\\254'`)
    assert.equal(out, '€')
  })

  promise('20 MiB of output arrive complete', async () => {
    const process = await (await shared()).exec(['sh', '-c', `head -c ${20 * MIB} /dev/zero | tr '\\0' x`], { mode: 'binary' })
    const bytes = await process.stdout.readBytes()
    assert.equal(bytes.length, 20 * MIB)
    assert.ok(bytes.every((byte) => byte === 120))
    assert.equal(await process.wait(), 0)
  })

  promise('a command with a large unread output still ends', async () => {
    const process = await (await shared()).exec(['sh', '-c', `head -c ${4 * MIB} /dev/zero`], { mode: 'binary' })
    assert.equal(await process.wait(), 0)
    assert.equal((await process.stdout.readBytes()).length, 4 * MIB)
  })

  promise('ignored output is dropped', async () => {
    const process = await (await shared()).exec(['sh', '-c', 'echo out; echo err >&2'], { stdout: 'ignore', stderr: 'ignore' })
    assert.deepEqual(await outcome(process), { out: '', err: '', code: 0 })
  })

  promise('a command ends at its timeout, and its output until then arrives', async () => {
    const began = Date.now()
    const process = await (await shared()).exec(['sh', '-c', 'echo before; sleep 1000; echo after'], { timeoutMs: 2_000 })
    const { value } = await process.stdout.getReader().read() // a read that is still open at the timeout fails in the client
    assert.equal(value, 'before\n')
    assert.equal(await process.wait().catch((error) => error.message), 137)
    assert.ok(Date.now() - began < 30_000)
  })

  promise('a command ends although its background process keeps running', async () => {
    const sandbox = await shared()
    const mark = `/tmp/lives-${Math.random().toString(36).slice(2)}`
    const { code } = await sh(sandbox, `(sleep 1; touch ${mark}) >/dev/null 2>&1 & exit 0`)
    assert.equal(code, 0)
    const { out } = await sh(sandbox, `for i in $(seq 100); do [ -e ${mark} ] && break; sleep 0.1; done; ls ${mark}`)
    assert.equal(out, `${mark}\n`)
  })

  promise('50 concurrent commands don’t mix', async () => {
    const sandbox = await shared()
    const said = await Promise.all(Array.from({ length: 50 }, (_, i) => sh(sandbox, `echo ${i}; exit ${i}`)))
    said.forEach(({ out, code }, i) => assert.deepEqual([out, code], [`${i}\n`, i]))
  })

  promise('arguments of up to 64 KiB are accepted, longer ones are refused', async () => {
    const sandbox = await shared()
    const process = await sandbox.exec(['printf', '%s', 'x'.repeat(60_000)])
    assert.equal((await outcome(process)).out.length, 60_000)
    await failure(sandbox.exec(['printf', '%s', 'x'.repeat(70_000)]), sdk.InvalidError)
  })

  promise('a timeout must be a whole number of seconds', async () => {
    await failure((await shared()).exec(['true'], { timeoutMs: 1_500 }))
  })

  promise('stdin, stdout and stderr are a terminal when asked for', async () => {
    const { out, err } = await run('test -t 0 && test -t 1 && test -t 2 && echo yes', { pty: true })
    assert.equal(out, 'yes\r\n')
    assert.equal(err, '')
  })

  promise('a terminal runs typed commands and shows their output', async () => {
    const process = await (await shared()).exec(['bash', '--norc'], { pty: true })
    const screen = follow(process.stdout)
    await process.stdin.writeText(`printf 'sum=%s\\n' $((40 + 2))\n`)
    await screen.untilText('sum=42')
    await process.stdin.writeText('exit 5\n')
    assert.equal(await process.wait(), 5)
  })

  promise('Ctrl-C on a terminal interrupts the running program', async () => {
    const process = await (await shared()).exec(['sh', '-c', 'trap "echo caught; exit 9" INT; echo up; while :; do sleep 0.1; done'], { pty: true })
    const screen = follow(process.stdout)
    await screen.untilText('up')
    await process.stdin.writeText('\x03')
    await screen.untilText('caught')
    assert.equal(await process.wait(), 9)
  })

  promise('a terminal’s output arrives byte for byte', async () => {
    const process = await (await shared()).exec(['sh', '-c', 'stty raw -echo; head -c 200000 /dev/zero | tr "\\0" z; echo end'], { pty: true, mode: 'binary' })
    const bytes = Buffer.from(await process.stdout.readBytes())
    assert.equal(await process.wait(), 0)
    assert.equal(bytes.length, 200_004)
    assert.equal(bytes.subarray(-4).toString(), 'end\n')
  })

  promise('a running command ends with its sandbox', async (t) => {
    const sandbox = await fresh(t)
    const process = await sandbox.exec(['sh', '-c', 'echo up; sleep 1000'])
    const seen = follow(process.stdout)
    await seen.untilText('up\n')
    const waiting = process.wait().then(
      (code) => code,
      () => 'failed',
    )
    await (await client().sandboxes.fromId(sandbox.sandboxId)).terminate()
    const status = await waiting
    assert.ok(status === 'failed' || status !== 0, String(status))
  })
})

forEachClient(
  context,
  'a new server',
  ({ client, fresh }) => {
    promise('clients reconnect to a restarted server', async (t) => {
      const sandbox = await fresh(t)
      await sh(sandbox, 'echo before > /tmp/state')
      assert.equal(await context.server.restart(), 0)
      const again = await client().sandboxes.fromId(sandbox.sandboxId)
      assert.equal((await sh(again, 'cat /tmp/state')).out, 'before\n')
    })
  },
  ({ isV2 }) => isV2,
)
