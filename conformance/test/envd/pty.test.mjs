import assert from 'node:assert/strict'
import { Inbox } from '../../harness/inbox.mjs'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'

useServer()
const encode = (text) => new TextEncoder().encode(text)

forEachSdk('terminals', ({ shared, ...sdk }) => {
  /** Opens a terminal. Returns its handle, an inbox with its output, and a function that types. */
  const terminal = async (t, options) => {
    const { pty } = await shared()
    const screen = new Inbox()
    const decoder = new TextDecoder()
    const handle = await pty.create({
      cols: 80,
      rows: 24,
      onData: (bytes) => screen.push(decoder.decode(bytes, { stream: true })),
      timeoutMs: 0,
      ...options,
    })
    t.after(() => pty.kill(handle.pid))
    handle.wait().catch(() => undefined)
    return { pty, handle, screen, type: (text) => pty.sendInput(handle.pid, encode(text)) }
  }

  promise('a terminal runs typed commands and shows their output', async (t) => {
    const { screen, type } = await terminal(t)
    await type(`printf 'sum=%s\\n' $((40 + 2))\n`)
    await screen.untilText('sum=42')
  })

  promise('a terminal has the requested size', async (t) => {
    const { screen, type } = await terminal(t, { cols: 91, rows: 37 })
    await type(`test -t 0 && test -t 1 && echo size $(stty size) end\n`)
    await screen.untilText('size 37 91 end')
  })

  promise('programs inside see a new size', async (t) => {
    const { pty, handle, screen, type } = await terminal(t)
    await pty.resize(handle.pid, { cols: 132, rows: 50 })
    await type(`echo size $(stty size) end\n`)
    await screen.untilText('size 50 132 end')
  })

  promise('a terminal has colors, a UTF-8 locale and the given variables', async (t) => {
    const { screen, type } = await terminal(t, { envs: { MINE: 'of the terminal' } })
    await type(`echo "<$TERM|$LANG|$LC_ALL|$MINE|$HOME>"\n`)
    await screen.untilText('<xterm-256color|C.UTF-8|C.UTF-8|of the terminal|/home/user>')
  })

  promise('a terminal starts in the given directory as the given user', async (t) => {
    const { screen, type } = await terminal(t, { cwd: '/usr', user: 'root' })
    await type('echo "<$(id -un)|$PWD>"\n')
    await screen.untilText('<root|/usr>')
  })

  promise('Ctrl-C interrupts the running program, not the shell', async (t) => {
    const { screen, type } = await terminal(t)
    // wait for the program's own output: Ctrl-C typed earlier could reach the shell
    await type(`sh -c 'echo "up"-"on"; exec sleep 1000'\n`)
    await screen.untilText('up-on')
    await type('\x03')
    await type(`echo "status"=$?\n`)
    await screen.untilText('status=130')
  })

  promise('a shell that exits returns its code', async (t) => {
    const { handle, type } = await terminal(t)
    await type('exit 7\n')
    assert.equal((await failure(handle.wait(), sdk.CommandExitError)).exitCode, 7)
    const other = await terminal(t)
    await other.type('exit\n')
    assert.equal((await other.handle.wait()).exitCode, 0)
  })

  promise('a killed terminal ends with "signal: killed", and can’t be killed twice', async (t) => {
    const { pty, handle } = await terminal(t)
    assert.equal(await pty.kill(handle.pid), true)
    const error = await failure(handle.wait(), sdk.CommandExitError)
    assert.equal(error.exitCode, -1)
    assert.equal(error.error, 'signal: killed')
    assert.equal(await pty.kill(handle.pid), false)
  })

  promise('a second client sees the terminal, too', async (t) => {
    const { pty, handle, screen, type } = await terminal(t)
    const second = new Inbox()
    const other = await pty.connect(handle.pid, { onData: (bytes) => second.push(Buffer.from(bytes).toString()), timeoutMs: 0 })
    t.after(() => other.disconnect())
    other.wait().catch(() => undefined)
    assert.equal(other.pid, handle.pid)
    await type(`echo "both"-"see"\n`)
    await screen.untilText('both-see')
    await second.untilText('both-see')
  })

  promise('the list of processes shows terminals', async (t) => {
    const { handle } = await terminal(t)
    const found = (await (await shared()).commands.list()).find((process) => process.pid === handle.pid)
    assert.equal(found.cmd, '/bin/bash')
    assert.deepEqual(found.args, ['-i', '-l'])
  })

  promise('a terminal is killed after its timeoutMs', async (t) => {
    const { handle } = await terminal(t, { timeoutMs: 1500 })
    await failure(handle.wait(), sdk.TimeoutError)
    const { stdout } = await (await shared()).commands.run(`while kill -0 ${handle.pid} 2>/dev/null; do sleep 0.05; done; echo gone`)
    assert.equal(stdout, 'gone\n')
  })

  promise('input and a new size for an unknown terminal throw NotFoundError', async () => {
    const { pty } = await shared()
    await failure(pty.sendInput(4_000_000, encode('x')), sdk.NotFoundError)
    await failure(pty.resize(4_000_000, { cols: 1, rows: 1 }), sdk.NotFoundError)
  })
})
