import assert from 'node:assert/strict'
import { eventually, Inbox } from '../../harness/inbox.mjs'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { call } from '../../harness/wire.mjs'

const context = useServer()

forEachSdk('watching', ({ shared, fresh, ...sdk }) => {
  let number = 0
  /** Makes a directory and watches it until the test ends. */
  const watched = async (t, options) => {
    const { files, commands } = await shared()
    const dir = `/home/user/watched-${number++}`
    await files.makeDir(dir)
    const events = new Inbox()
    const handle = await files.watchDir(dir, (event) => events.push(event), options)
    t.after(() => handle.stop())
    return { dir, events, handle, files, inside: (command) => commands.run(command, { cwd: dir }) }
  }
  const has = (type, name) => (events) => events.find((event) => event.type === type && event.name === name)
  const { CREATE, WRITE, REMOVE, RENAME, CHMOD } = sdk.FilesystemEventType

  promise('a new file is reported as a create and a write', async (t) => {
    const { dir, events, files } = await watched(t)
    await files.write(`${dir}/file`, 'content')
    await events.until(has(CREATE, 'file'))
    await events.until(has(WRITE, 'file'))
  })

  promise('changes by commands are reported', async (t) => {
    const { events, inside } = await watched(t)
    await inside('echo x > made; chmod 600 made; mv made moved; rm moved; mkdir sub')
    await events.until(has(CREATE, 'sub'))
    const order = events.items.map(({ type, name }) => `${type} ${name}`)
    const steps = ['create made', 'write made', 'chmod made', 'rename made', 'create moved', 'remove moved', 'create sub']
    let at = -1
    for (const step of steps) {
      at = order.indexOf(step, at + 1)
      assert.notEqual(at, -1, `${step} in ${order}`)
    }
  })

  promise('a watch that is not recursive ignores subdirectories', async (t) => {
    const { events, inside } = await watched(t)
    await inside('mkdir sub; echo x > sub/below; echo x > marker')
    await events.until(has(CREATE, 'marker'))
    assert.ok(!events.items.some((event) => event.name.includes('below')))
  })

  promise('a recursive watch covers existing and new subdirectories', async (t) => {
    const { files, commands } = await shared()
    const dir = `/home/user/recursive-${number++}`
    await commands.run(`mkdir -p ${dir}/old/deep`)
    const events = new Inbox()
    const handle = await files.watchDir(dir, (event) => events.push(event), { recursive: true })
    t.after(() => handle.stop())
    await files.write(`${dir}/old/deep/file`, 'x')
    await events.until(has(WRITE, 'old/deep/file'))
    await files.makeDir(`${dir}/later`)
    await events.until(has(CREATE, 'later'))
    await files.write(`${dir}/later/file`, 'x')
    await events.until(has(WRITE, 'later/file'))
    await files.remove(`${dir}/later/file`)
    await events.until(has(REMOVE, 'later/file'))
  })

  promise('events contain the entry only on request', async (t) => {
    const plain = await watched(t)
    await plain.files.write(`${plain.dir}/file`, '1234')
    assert.equal((await plain.events.until(has(CREATE, 'file'))).entry, undefined)
    const { dir, events, files } = await watched(t, { includeEntry: true })
    await files.write(`${dir}/file`, '1234')
    const { entry } = await events.until(has(WRITE, 'file'))
    assert.equal(entry.path, `${dir}/file`)
    assert.equal(entry.type, sdk.FileType.FILE)
    assert.equal(entry.owner, 'user')
  })

  promise('a stopped watch reports nothing more', async (t) => {
    const { dir, events, handle, files } = await watched(t)
    const others = new Inbox()
    const other = await files.watchDir(dir, (event) => others.push(event))
    t.after(() => other.stop())
    await files.write(`${dir}/before`, 'x')
    await events.until(has(CREATE, 'before'))
    await handle.stop()
    await files.write(`${dir}/after`, 'x')
    await others.until(has(WRITE, 'after'))
    assert.ok(!events.items.some((event) => event.name === 'after'))
  })

  promise('a watch ends after its timeoutMs with a TimeoutError', async (t) => {
    const exits = new Inbox()
    await watched(t, { timeoutMs: 1000, onExit: (error) => exits.push(error ?? 'no error') })
    const error = await exits.until(([first]) => first)
    assert.ok(error instanceof sdk.TimeoutError, String(error))
  })

  promise('a missing directory and a file can’t be watched', async () => {
    const { files } = await shared()
    await failure(files.watchDir('/no/such/dir', () => {}), sdk.FileNotFoundError)
    await files.write('no-directory', 'x')
    await failure(files.watchDir('no-directory', () => {}), sdk.InvalidArgumentError)
  })

  promise('a changed mode is reported as a chmod', async (t) => {
    const { dir, events, files, inside } = await watched(t)
    await files.write(`${dir}/file`, 'x')
    await events.until(has(WRITE, 'file'))
    await inside('chmod 700 file')
    await events.until(has(CHMOD, 'file'))
  })

  promise('moving a file out of the directory is reported as a rename', async (t) => {
    const { dir, events, files } = await watched(t)
    await files.write(`${dir}/goes`, 'x')
    await files.rename(`${dir}/goes`, `/home/user/gone-${number++}`)
    await events.until(has(RENAME, 'goes'))
  })

  promise('the polling watcher of other SDKs returns each event once, until it is removed', async () => {
    const sandbox = await shared()
    const rpc = (method, message) => call(context.server, sandbox, `filesystem.Filesystem/${method}`, message)
    const dir = `/home/user/polled-${number++}`
    await sandbox.files.makeDir(dir)
    const created = await rpc('CreateWatcher', { path: dir })
    assert.equal(created.status, 200)
    const { watcherId } = created.json
    assert.ok(watcherId)
    await sandbox.files.write(`${dir}/file`, 'x')
    const events = []
    await eventually(async () => {
      events.push(...((await rpc('GetWatcherEvents', { watcherId })).json.events ?? []))
      return events.some((event) => event.type === 'EVENT_TYPE_WRITE')
    }, 'the write to be polled')
    assert.equal(events.filter((event) => event.type === 'EVENT_TYPE_CREATE' && event.name === 'file').length, 1)
    assert.deepEqual(await rpc('RemoveWatcher', { watcherId }), { status: 200, json: {} })
    const gone = await rpc('GetWatcherEvents', { watcherId })
    assert.equal(gone.status, 404)
    assert.equal(gone.json.code, 'not_found')
  })

  promise('a polling watcher on a missing directory is refused', async () => {
    const sandbox = await shared()
    const answer = await call(context.server, sandbox, 'filesystem.Filesystem/CreateWatcher', { path: '/no/such/dir' })
    assert.equal(answer.status, 404)
    assert.equal(answer.json.code, 'not_found')
  })
})
