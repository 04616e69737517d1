import assert from 'node:assert/strict'
import { createHash, randomFillSync } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forEachClient, sh, useModal } from '../../harness/modal.mjs'
import { eventually, Inbox } from '../../harness/inbox.mjs'
import { failure, promise } from '../../harness/suite.mjs'

const context = useModal()
const MIB = 1 << 20
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex')

forEachClient(context, 'files', ({ client, image, shared, isNewest, ...sdk }) => {
  let number = 0
  /** Makes a new directory in the shared sandbox. Returns it with the file API and a function that runs shell lines in it. */
  const room = async () => {
    const sandbox = await shared()
    const dir = `/tmp/room-${number++}`
    await sandbox.filesystem.makeDirectory(dir)
    const inside = async (line) => {
      const said = await sh(sandbox, line, { workdir: dir })
      assert.equal(said.code, 0, said.err)
      return said.out
    }
    return { sandbox, files: sandbox.filesystem, dir, inside }
  }
  const local = (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'sbx-local-'))
    t.after(() => rmSync(dir, { recursive: true, force: true }))
    return dir
  }

  promise('text is written and read', async () => {
    const { files, dir, inside } = await room()
    await files.writeText('hello ü€😀\n', `${dir}/text`)
    assert.equal(await files.readText(`${dir}/text`), 'hello ü€😀\n')
    assert.equal(await inside('cat text'), 'hello ü€😀\n')
  })

  promise('bytes of all values are written and read', async () => {
    const { files, dir } = await room()
    const bytes = randomFillSync(Buffer.alloc(100_003))
    await files.writeBytes(bytes, `${dir}/bytes`)
    assert.equal(digest(await files.readBytes(`${dir}/bytes`)), digest(bytes))
  })

  promise('an empty file is written and read', async () => {
    const { files, dir } = await room()
    await files.writeBytes(new Uint8Array(0), `${dir}/empty`)
    assert.equal((await files.readBytes(`${dir}/empty`)).length, 0)
    assert.equal((await files.stat(`${dir}/empty`)).size, 0)
  })

  promise('30 MiB are written and read', async () => {
    const { files, dir, inside } = await room()
    const bytes = randomFillSync(Buffer.alloc(30 * MIB))
    await files.writeBytes(bytes, `${dir}/large`)
    assert.match(await inside('sha256sum large'), new RegExp(digest(bytes)))
    assert.equal(digest(await files.readBytes(`${dir}/large`)), digest(bytes))
  })

  promise('an existing file is overwritten completely', async () => {
    const { files, dir } = await room()
    await files.writeText('something long', `${dir}/file`)
    await files.writeText('short', `${dir}/file`)
    assert.equal(await files.readText(`${dir}/file`), 'short')
  })

  promise('missing directories above a file are made', async () => {
    const { files, dir } = await room()
    await files.writeText('deep', `${dir}/a/b/c/file`)
    assert.equal(await files.readText(`${dir}/a/b/c/file`), 'deep')
  })

  promise('names may contain blanks, quotes and other alphabets', async () => {
    const { files, dir } = await room()
    for (const name of ['a b', `it's "quoted"`, 'ü€😀', '$HOME', '*', '-rf', 'back\\slash']) {
      await files.writeText(name, `${dir}/${name}`)
      assert.equal(await files.readText(`${dir}/${name}`), name)
    }
    const names = (await files.listFiles(dir)).map((entry) => entry.name)
    assert.equal(names.length, 7)
    assert.ok(names.includes(`it's "quoted"`))
  })

  promise('a list is sorted by name, with complete entries', async () => {
    const { files, dir, inside } = await room()
    await inside('echo 12345 > b; chmod 640 b; touch -d @1700000000 b; mkdir -m 755 a; ln -s b c')
    const entries = await files.listFiles(dir)
    assert.deepEqual(
      entries.map(({ name, path, type }) => [name, path, type]),
      [
        ['a', `${dir}/a`, 'directory'],
        ['b', `${dir}/b`, 'file'],
        ['c', `${dir}/c`, 'symlink'],
      ],
    )
    const [, file, link] = entries
    assert.equal(file.size, 6)
    assert.equal(file.mode & 0o777, 0o640)
    assert.match(file.permissions, /640|rw-r-----/)
    assert.deepEqual([file.owner, file.group], ['root', 'root'])
    assert.equal(Math.floor(file.modifiedTime), 1_700_000_000)
    assert.equal(file.symlinkTarget, null)
    assert.equal(link.symlinkTarget, 'b')
  })

  promise('hidden files are listed, an empty directory is empty', async () => {
    const { files, dir, inside } = await room()
    await inside('touch .hidden; mkdir empty')
    assert.deepEqual((await files.listFiles(dir)).map(({ name }) => name), ['.hidden', 'empty'])
    assert.deepEqual(await files.listFiles(`${dir}/empty`), [])
  })

  promise('a link is described itself, and read through', async () => {
    const { files, dir, inside } = await room()
    await inside('echo content > file; ln -s file link; ln -s nowhere broken')
    const link = await files.stat(`${dir}/link`)
    assert.deepEqual([link.type, link.symlinkTarget], ['symlink', 'file'])
    assert.equal((await files.stat(`${dir}/broken`)).type, 'symlink')
    assert.equal(await files.readText(`${dir}/link`), 'content\n')
    await failure(files.readText(`${dir}/broken`), sdk.SandboxFilesystemNotFoundError)
  })

  promise('writing through a link changes its target', async () => {
    const { files, dir, inside } = await room()
    await inside('echo old > file; ln -s file link')
    await files.writeText('new', `${dir}/link`)
    assert.equal(await inside('cat file; readlink link'), 'newfile\n')
  })

  promise('overwriting a file keeps its mode', async () => {
    const { files, dir, inside } = await room()
    await inside('echo old > script; chmod 755 script')
    await files.writeText('new', `${dir}/script`)
    assert.equal((await files.stat(`${dir}/script`)).mode & 0o777, 0o755)
  })

  promise('a directory is made with its parents, and making it again succeeds', async () => {
    const { files, dir } = await room()
    await files.makeDirectory(`${dir}/x/y/z`)
    await files.makeDirectory(`${dir}/x/y/z`)
    assert.equal((await files.stat(`${dir}/x/y/z`)).type, 'directory')
  })

  promise('without the parents option, the parent must exist and the directory must be new', async () => {
    const { files, dir } = await room()
    await files.makeDirectory(`${dir}/one`, { createParents: false })
    await failure(files.makeDirectory(`${dir}/one`, { createParents: false }), sdk.SandboxFilesystemPathAlreadyExistsError)
    await failure(files.makeDirectory(`${dir}/no/two`, { createParents: false }), sdk.SandboxFilesystemNotFoundError)
  })

  promise('a directory can’t be made below a file or in place of one', async () => {
    const { files, dir } = await room()
    await files.writeText('x', `${dir}/file`)
    await failure(files.makeDirectory(`${dir}/file/below`), sdk.SandboxFilesystemNotADirectoryError)
    await failure(files.makeDirectory(`${dir}/file`), sdk.SandboxFilesystemError)
  })

  promise('files and empty directories are removed; other directories only recursively', async () => {
    const { files, dir, inside } = await room()
    await inside('touch file; mkdir empty; mkdir -p full/deep; touch full/deep/file')
    await files.remove(`${dir}/file`)
    await files.remove(`${dir}/empty`)
    await failure(files.remove(`${dir}/full`), sdk.SandboxFilesystemDirectoryNotEmptyError)
    await files.remove(`${dir}/full`, { recursive: true })
    assert.deepEqual(await files.listFiles(dir), [])
  })

  promise('removing a link keeps its target', async () => {
    const { files, dir, inside } = await room()
    await inside('mkdir kept; touch kept/file; ln -s kept link')
    await files.remove(`${dir}/link`, { recursive: true })
    assert.equal(await inside('ls; ls kept'), 'kept\nfile\n')
  })

  promise('every call reports a missing path as not found', async () => {
    const { files, dir } = await room()
    const gone = `${dir}/gone`
    for (const call of ['readText', 'readBytes', 'stat', 'listFiles', 'remove']) {
      await failure(files[call](gone), sdk.SandboxFilesystemNotFoundError)
    }
  })

  promise('a directory can’t be read or written, and a file can’t be listed', async () => {
    const { files, dir, inside } = await room()
    await inside('mkdir sub; touch file')
    await failure(files.readText(`${dir}/sub`), sdk.SandboxFilesystemIsADirectoryError)
    await failure(files.writeText('x', `${dir}/sub`), sdk.SandboxFilesystemIsADirectoryError)
    await failure(files.listFiles(`${dir}/file`), sdk.SandboxFilesystemNotADirectoryError)
    await failure(files.writeText('x', `${dir}/file/below`), sdk.SandboxFilesystemNotADirectoryError)
    await failure(files.stat(`${dir}/file/below`), sdk.SandboxFilesystemNotADirectoryError)
  })

  promise('a relative path is refused', async () => {
    const { files } = await room()
    await failure(files.readText('file'), undefined, /absolute/)
    await failure(files.writeText('x', 'file'), undefined, /absolute/)
  })

  promise('writing a read-only path is reported as not permitted', async () => {
    const { files } = await room()
    await failure(files.writeText('x', '/proc/version'), sdk.SandboxFilesystemError)
  })

  promise('reading a file of more than 5 GiB is refused', async () => {
    const { files, dir, inside } = await room()
    await inside('truncate -s 5G fits; truncate -s 5368709121 large')
    assert.equal((await files.stat(`${dir}/large`)).size, 5_368_709_121)
    await failure(files.readBytes(`${dir}/large`), sdk.SandboxFilesystemFileTooLargeError)
    await files.remove(`${dir}/large`)
    await files.remove(`${dir}/fits`)
  })

  promise('a full disk fails the write', async (t) => {
    const app = await client().apps.fromName('tiny', { createIfMissing: true }) // an app can be named after a profile
    const sandbox = await client().sandboxes.create(app, image())
    t.after(() => sandbox.terminate())
    await failure(sandbox.filesystem.writeBytes(Buffer.alloc(80 * MIB), '/tmp/more'), sdk.SandboxFilesystemError)
  })

  promise('a local file is copied in, and a file of the sandbox out', async (t) => {
    const { files, dir, inside } = await room()
    const here = local(t)
    const bytes = randomFillSync(Buffer.alloc(2 * MIB + 7))
    writeFileSync(join(here, 'source'), bytes)
    await files.copyFromLocal(join(here, 'source'), `${dir}/sub/copied`)
    assert.match(await inside('sha256sum sub/copied'), new RegExp(digest(bytes)))
    await files.copyToLocal(`${dir}/sub/copied`, join(here, 'new/back'))
    assert.equal(digest(readFileSync(join(here, 'new/back'))), digest(bytes))
  })

  promise('a failed copy leaves no local file', async (t) => {
    const { files, dir } = await room()
    const here = local(t)
    await failure(files.copyToLocal(`${dir}/gone`, join(here, 'back')), sdk.SandboxFilesystemNotFoundError)
    assert.deepEqual(readdirSync(here), [])
    await failure(files.copyFromLocal(join(here, 'gone'), `${dir}/in`), undefined, /ENOENT/)
  })

  promise('20 concurrent writes and reads don’t disturb each other', async () => {
    const { files, dir } = await room()
    await Promise.all(Array.from({ length: 20 }, (_, i) => files.writeText(String(i).repeat(5000), `${dir}/${i}`)))
    const read = await Promise.all(Array.from({ length: 20 }, (_, i) => files.readText(`${dir}/${i}`)))
    read.forEach((text, i) => assert.equal(text, String(i).repeat(5000)))
  })

  if (isNewest) {
    /** Starts a watch that collects its events. `touch` makes changes until the watch reports one. */
    const watch = async (t, files, path, params, touch) => {
      const events = new Inbox()
      const iterator = files.watch(path, params)[Symbol.asyncIterator]()
      const done = (async () => {
        for (let next = await iterator.next(); !next.done; next = await iterator.next()) events.push(next.value)
      })()
      done.catch(() => undefined)
      t.after(() => Promise.race([iterator.return?.(), new Promise((resolve) => setTimeout(resolve, 2_000))]))
      if (touch) await eventually(async () => (await touch(), events.items.length > 0))
      return { events, done }
    }
    const has = (type, path) => (events) => events.some((event) => event.eventType === type && event.paths.includes(path))

    promise('changes in a watched directory are reported', async (t) => {
      const { files, dir, inside } = await room()
      const { events } = await watch(t, files, dir, {}, () => inside('touch ready'))
      await inside('echo x > file; mv file moved; rm moved; mkdir sub')
      await events.until(has('Create', `${dir}/sub`))
      assert.ok(has('Create', `${dir}/file`)(events.items), JSON.stringify(events.items))
      assert.ok(has('Modify', `${dir}/file`)(events.items))
      assert.ok(has('Remove', `${dir}/moved`)(events.items))
    })

    promise('a watch covers subdirectories only if it is recursive', async (t) => {
      const { files, dir, inside } = await room()
      await inside('mkdir sub')
      const flat = await watch(t, files, dir, {}, () => inside('touch ready'))
      const deep = await watch(t, files, dir, { recursive: true }, () => inside('touch ready2; rm ready2'))
      await inside('echo x > sub/below; echo x > marker')
      await deep.events.until(has('Create', `${dir}/sub/below`))
      await flat.events.until(has('Create', `${dir}/marker`))
      assert.ok(!flat.events.items.some((event) => event.paths.includes(`${dir}/sub/below`)))
    })

    promise('a watch reports only the requested kinds of changes', async (t) => {
      const { files, dir, inside } = await room()
      const { events } = await watch(t, files, dir, { filter: ['Remove'] }, () => inside('touch ready; rm ready'))
      await inside('touch file; echo x > file; rm file')
      await events.until(has('Remove', `${dir}/file`))
      assert.ok(events.items.every((event) => event.eventType === 'Remove'), JSON.stringify(events.items))
    })

    promise('a watch ends at its timeout, without an error', async (t) => {
      const { files, dir } = await room()
      const { done } = await watch(t, files, dir, { timeoutMs: 2_000 })
      await done
    })

    promise('watching a missing path fails', async () => {
      const { files, dir } = await room()
      const iterator = files.watch(`${dir}/gone`)[Symbol.asyncIterator]()
      await failure(iterator.next(), sdk.SandboxFilesystemNotFoundError)
    })

    promise('a client may stop reading a watch after its first event', async (t) => {
      const { files, dir, inside } = await room()
      const seen = []
      const touching = setInterval(() => inside(`touch t-${seen.length}`).catch(() => undefined), 300)
      t.after(() => clearInterval(touching))
      for await (const event of files.watch(dir)) {
        seen.push(event)
        break
      }
      assert.equal(seen.length, 1)
    })
  } else {
    promise('a file is opened, written, read and closed, as clients before 0.8 can', async () => {
      const { sandbox, files, dir } = await room()
      const writing = await sandbox.open(`${dir}/file`, 'w')
      await writing.write(new TextEncoder().encode('by handle'))
      await writing.flush()
      await writing.close()
      assert.equal(await files.readText(`${dir}/file`), 'by handle')
      const reading = await sandbox.open(`${dir}/file`, 'r')
      assert.equal(new TextDecoder().decode(await reading.read()), 'by handle')
      await reading.close()
    })
  }
})
