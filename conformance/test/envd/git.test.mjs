import assert from 'node:assert/strict'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'

useServer()

// The tests build on each other, as the steps of a real session do.
forEachSdk('git', ({ shared, ...sdk }) => {
  const git = async () => (await shared()).git
  const repo = '/home/user/project'
  const remote = '/home/user/remote.git'

  promise('a repository is created with the given branch', async () => {
    await (await git()).init(repo, { initialBranch: 'main' })
    await (await git()).init(remote, { bare: true, initialBranch: 'main' })
    const status = await (await git()).status(repo)
    assert.equal(status.currentBranch, 'main')
    assert.ok(status.isClean)
  })

  promise('name and address of the author are stored', async () => {
    await (await git()).configureUser('Conformance', 'conformance@example.test')
    assert.equal(await (await git()).getConfig('user.name'), 'Conformance')
    await (await git()).setConfig('pull.rebase', 'false', { scope: 'local', path: repo })
    assert.equal(await (await git()).getConfig('pull.rebase', { scope: 'local', path: repo }), 'false')
    assert.equal(await (await git()).getConfig('no.such.key'), undefined)
  })

  promise('status reports new, staged and changed files', async () => {
    const { files } = await shared()
    await files.write(`${repo}/read me.md`, '# Hello\n')
    const untracked = await (await git()).status(repo)
    assert.equal(untracked.untrackedCount, 1)
    await (await git()).add(repo)
    const staged = await (await git()).status(repo)
    assert.deepEqual(
      staged.fileStatus.map(({ status, staged: isStaged }) => ({ status, isStaged })),
      [{ status: 'added', isStaged: true }],
    )
    await (await git()).commit(repo, `It's "committed" $HOME`)
    await files.write(`${repo}/read me.md`, '# Changed\n')
    assert.equal((await (await git()).status(repo)).fileStatus[0].status, 'modified')
    await (await git()).restore(repo, { paths: ['.'] })
    assert.ok((await (await git()).status(repo)).isClean)
  })

  promise('branches are created, checked out and deleted', async () => {
    await (await git()).createBranch(repo, 'feature/one')
    assert.deepEqual(await (await git()).branches(repo), { branches: ['feature/one', 'main'], currentBranch: 'feature/one' })
    await (await git()).checkoutBranch(repo, 'main')
    await (await git()).deleteBranch(repo, 'feature/one')
    assert.deepEqual((await (await git()).branches(repo)).branches, ['main'])
  })

  promise('commits pushed to a remote can be cloned and pulled', async () => {
    await (await git()).remoteAdd(repo, 'origin', remote)
    assert.equal(await (await git()).remoteGet(repo, 'origin'), remote)
    await (await git()).push(repo, { remote: 'origin', branch: 'main' })
    await (await git()).clone(remote, { path: '/home/user/clone' })
    const { files } = await shared()
    assert.equal(await files.read('/home/user/clone/read me.md'), '# Hello\n')
    await files.write(`${repo}/second`, '2')
    await (await git()).add(repo)
    await (await git()).commit(repo, 'second')
    await (await git()).push(repo, { remote: 'origin', branch: 'main' })
    await (await git()).pull('/home/user/clone')
    assert.equal(await files.read('/home/user/clone/second'), '2')
  })

  promise('a git command that fails throws CommandExitError', async () => {
    await failure((await git()).status('/home/user'), sdk.CommandExitError)
  })
})
