import assert from 'node:assert/strict'
import { after, describe } from 'node:test'
import { Code, ConnectError } from '@connectrpc/connect'
import { Sandbox } from 'e2b'
import { binaryClient } from '../../harness/binary.mjs'
import { failure, promise, useServer } from '../../harness/suite.mjs'

const context = useServer()
let common
const clients = () => (common ??= open())

async function open() {
  const sandbox = await Sandbox.create()
  return {
    sandbox,
    processes: binaryClient(context.server, sandbox, 'process.Process'),
    files: binaryClient(context.server, sandbox, 'filesystem.Filesystem'),
  }
}

const shell = (command, more) => ({ process: { cmd: '/bin/sh', args: ['-c', command], envs: { MARK: 'ü' } }, ...more })

/** Returns the next event that is not a keepalive. */
async function next(events) {
  for (;;) {
    const { value, done } = await events.next()
    assert.ok(!done, 'the stream is over')
    if (value.event.event.case !== 'keepalive') return value.event.event
  }
}

describe('binary Protobuf', () => {
  after(async () => (await common?.catch(() => undefined))?.sandbox.kill())

  promise('a command streams its start, its output and its end', async () => {
    const { processes } = await clients()
    const events = processes.start(shell('printf %s "$MARK"; exit 3', { stdin: false }))[Symbol.asyncIterator]()
    const start = await next(events)
    assert.equal(start.case, 'start')
    assert.ok(start.value.pid > 0)
    const data = await next(events)
    assert.equal(data.value.output.case, 'stdout')
    assert.equal(Buffer.from(data.value.output.value).toString(), 'ü')
    const end = await next(events)
    assert.equal(end.case, 'end')
    assert.deepEqual(
      [end.value.exitCode, end.value.exited, end.value.status, end.value.error],
      [3, true, 'exit status 3', 'exit status 3'],
    )
    assert.equal((await events.next()).done, true)
  })

  promise('a command takes input, is listed and is killed', async () => {
    const { processes } = await clients()
    const events = processes.start(shell('cat', { tag: 'binary' }))[Symbol.asyncIterator]()
    const { pid } = (await next(events)).value
    const process = { selector: { case: 'tag', value: 'binary' } }
    await processes.sendInput({ process, input: { input: { case: 'stdin', value: Buffer.from([0, 255, 10]) } } })
    assert.deepEqual([...(await next(events)).value.output.value], [0, 255, 10])
    const listed = (await processes.list({})).processes.find((one) => one.tag === 'binary')
    assert.equal(listed.pid, pid)
    assert.deepEqual(listed.config.args, ['-c', 'cat'])
    await processes.sendSignal({ process, signal: 9 })
    const end = (await next(events)).value
    assert.deepEqual([end.exitCode, end.exited, end.status], [-1, false, 'signal: killed'])
  })

  promise('files are made, described, listed, moved and removed', async () => {
    const { sandbox, files } = await clients()
    const made = (await files.makeDir({ path: '/tmp/binary/deep' })).entry
    assert.deepEqual([made.name, made.type, made.path, made.permissions], ['deep', 2, '/tmp/binary/deep', 'drwxr-xr-x'])
    await sandbox.files.write('/tmp/binary/file', 'x'.repeat(3000))
    const { entry } = await files.stat({ path: '/tmp/binary/file' })
    assert.deepEqual([entry.type, entry.size, entry.mode], [1, 3000n, 0o644])
    assert.ok(Math.abs(Number(entry.modifiedTime.seconds) - Date.now() / 1000) < 60)
    const { entries } = await files.listDir({ path: '/tmp/binary', depth: 4294967295 })
    assert.deepEqual(entries.map((one) => one.name), ['deep', 'file'])
    await files.move({ source: '/tmp/binary/file', destination: '/tmp/binary/deep/moved' })
    assert.equal(await sandbox.files.exists('/tmp/binary/deep/moved'), true)
    await files.remove({ path: '/tmp/binary' })
    assert.equal(await sandbox.files.exists('/tmp/binary'), false)
  })

  promise('a watch reports changes', async () => {
    const { files } = await clients()
    await files.makeDir({ path: '/tmp/watched' })
    const stop = new AbortController()
    const watch = files.watchDir({ path: '/tmp/watched', includeEntry: true }, { signal: stop.signal })
    const events = watch[Symbol.asyncIterator]()
    assert.equal((await events.next()).value.event.case, 'start')
    await files.makeDir({ path: '/tmp/watched/new' })
    const { event } = (await events.next()).value
    assert.equal(event.case, 'filesystem')
    assert.deepEqual([event.value.name, event.value.type, event.value.entry.path], ['new', 1, '/tmp/watched/new'])
    stop.abort()
  })

  promise('failed calls and streams carry an error code', async () => {
    const { processes, files } = await clients()
    const missing = await failure(files.stat({ path: '/not/there' }), ConnectError)
    assert.equal(missing.code, Code.NotFound)
    const unknown = processes.connect({ process: { selector: { case: 'pid', value: 4_000_000 } } })[Symbol.asyncIterator]()
    const error = await failure(unknown.next(), ConnectError, /process with pid 4000000 not found/)
    assert.equal(error.code, Code.NotFound)
  })
})
