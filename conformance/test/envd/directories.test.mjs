import assert from 'node:assert/strict'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'

useServer()

forEachSdk('directories', ({ shared, ...sdk }) => {
  const files = async () => (await shared()).files
  const inside = async (command) => (await (await shared()).commands.run(command)).stdout
  const names = (entries) => entries.map((entry) => entry.name)
  const paths = (entries) => entries.map((entry) => entry.path)

  promise('a list shows one level, sorted by name, with files and directories', async () => {
    await inside('mkdir -p tree/b/inner; echo 12345 > tree/a; touch tree/c tree/b/inner/leaf')
    const entries = await (await files()).list('tree')
    assert.deepEqual(names(entries), ['a', 'b', 'c'])
    assert.deepEqual(paths(entries), ['/home/user/tree/a', '/home/user/tree/b', '/home/user/tree/c'])
    assert.deepEqual(
      entries.map((entry) => entry.type),
      [sdk.FileType.FILE, sdk.FileType.DIR, sdk.FileType.FILE],
    )
    assert.equal(entries[0].size, 6)
  })

  promise('a list goes as deep as asked, parents first', async () => {
    await inside('mkdir -p deep/b/inner; touch deep/a deep/c deep/b/inner/leaf')
    const list = async (depth) => paths(await (await files()).list('/home/user/deep', { depth })).map((path) => path.slice(16))
    assert.deepEqual(await list(2), ['a', 'b', 'b/inner', 'c'])
    assert.deepEqual(await list(3), ['a', 'b', 'b/inner', 'b/inner/leaf', 'c'])
  })

  promise('a list of an empty directory is empty', async () => {
    await (await files()).makeDir('hollow')
    assert.deepEqual(await (await files()).list('hollow'), [])
  })

  promise('a list of 2,000 entries is complete', async () => {
    await inside('mkdir crowd && cd crowd && touch $(seq 2000)')
    assert.equal(new Set(names(await (await files()).list('crowd'))).size, 2000)
  })

  promise('listing a missing directory throws FileNotFoundError, listing a file InvalidArgumentError', async () => {
    await failure((await files()).list('/no/such/dir'), sdk.FileNotFoundError)
    await inside('touch no-dir')
    await failure((await files()).list('no-dir'), sdk.InvalidArgumentError)
  })

  promise('exists is true for files and directories, and false otherwise', async () => {
    await inside('mkdir -p there; touch there/file')
    assert.equal(await (await files()).exists('there'), true)
    assert.equal(await (await files()).exists('there/file'), true)
    assert.equal(await (await files()).exists('there/nothing'), false)
    assert.equal(await (await files()).exists('/nothing/at/all'), false)
  })

  promise('the information about a file is complete', async () => {
    await inside('printf 12345678 > known; chmod 640 known; touch -d 2024-05-06T07:08:09Z known')
    const info = await (await files()).getInfo('known')
    assert.deepEqual(
      { ...info },
      {
        name: 'known',
        type: 'file',
        path: '/home/user/known',
        size: 8,
        mode: 0o640,
        permissions: '-rw-r-----',
        owner: 'user',
        group: 'user',
        modifiedTime: new Date('2024-05-06T07:08:09Z'),
        symlinkTarget: undefined,
        metadata: undefined,
      },
    )
  })

  promise('the information about a directory is complete', async () => {
    await inside('mkdir -m 750 place')
    const info = await (await files()).getInfo('/home/user/place')
    assert.equal(info.name, 'place')
    assert.equal(info.type, sdk.FileType.DIR)
    assert.equal(info.mode, 0o750)
    assert.equal(info.permissions, 'drwxr-x---')
    assert.equal((await (await files()).getInfo('/')).type, sdk.FileType.DIR)
  })

  promise('a symbolic link shows its target and the target’s type', async () => {
    await inside('mkdir -p links/dir; echo x > links/file; cd links; ln -s file to-file; ln -s dir to-dir; ln -s to-file chain')
    const toFile = await (await files()).getInfo('links/to-file')
    assert.equal(toFile.type, sdk.FileType.FILE)
    assert.equal(toFile.symlinkTarget, '/home/user/links/file')
    assert.match(toFile.permissions, /^L/)
    assert.equal((await (await files()).getInfo('links/to-dir')).type, sdk.FileType.DIR)
    assert.equal((await (await files()).getInfo('links/chain')).symlinkTarget, '/home/user/links/file')
    assert.equal(await (await files()).read('links/chain'), 'x\n')
  })

  promise('broken and cyclic links don’t break a list', async () => {
    await inside('mkdir -p broken; cd broken; touch fine; ln -s nowhere lost; ln -s ring ring')
    assert.deepEqual(names(await (await files()).list('broken')), ['fine'])
  })

  promise('information about a missing path throws FileNotFoundError', async () => {
    await failure((await files()).getInfo('/no/such/thing'), sdk.FileNotFoundError)
  })

  promise('makeDir is true for a new directory, false for an existing one', async () => {
    assert.equal(await (await files()).makeDir('made/on/the/way'), true)
    assert.equal(await (await files()).makeDir('made/on/the/way'), false)
    assert.equal(await (await files()).makeDir('made'), false)
    assert.equal(await inside('stat -c "%U %a" made made/on/the/way'), 'user 755\nuser 755\n')
    assert.equal(await (await files()).makeDir('/tmp/by-root', { user: 'root' }), true)
    assert.equal((await (await files()).getInfo('/tmp/by-root')).owner, 'root')
  })

  promise('makeDir in place of a file throws InvalidArgumentError', async () => {
    await inside('touch occupied')
    await failure((await files()).makeDir('occupied'), sdk.InvalidArgumentError)
  })

  promise('rename moves a file, makes missing directories and returns the new entry', async () => {
    await inside('echo moved > from')
    const info = await (await files()).rename('from', 'elsewhere/new/to')
    assert.equal(info.path, '/home/user/elsewhere/new/to')
    assert.equal(info.name, 'to')
    assert.equal(info.type, sdk.FileType.FILE)
    assert.equal(await (await files()).read('elsewhere/new/to'), 'moved\n')
    assert.equal(await (await files()).exists('from'), false)
  })

  promise('rename moves a directory with its content', async () => {
    await inside('mkdir -p olddir/x; echo y > olddir/x/y')
    assert.equal((await (await files()).rename('olddir', 'newdir')).type, sdk.FileType.DIR)
    assert.equal(await (await files()).read('newdir/x/y'), 'y\n')
  })

  promise('rename replaces a file', async () => {
    await inside('echo new > replacement; echo old > replaced')
    await (await files()).rename('replacement', 'replaced')
    assert.equal(await (await files()).read('replaced'), 'new\n')
  })

  promise('renaming a missing file throws FileNotFoundError', async () => {
    await failure((await files()).rename('no-source', 'target'), sdk.FileNotFoundError)
    assert.equal(await (await files()).exists('target'), false)
  })

  promise('remove accepts files, directories with content, and missing paths', async () => {
    await inside('mkdir -p doomed/deep; touch doomed/deep/file single; ln -s /etc doomed/link')
    await (await files()).remove('single')
    await (await files()).remove('doomed')
    await (await files()).remove('never-there')
    assert.equal(await inside('ls -d single doomed 2>/dev/null; ls -d /etc'), '/etc\n')
  })

  promise('an unknown home throws InvalidArgumentError', async () => {
    await failure((await files()).list('~somebody'), sdk.InvalidArgumentError)
  })
})
