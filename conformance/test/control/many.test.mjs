import assert from 'node:assert/strict'
import { forEachSdk, promise, useServer } from '../../harness/suite.mjs'

const context = useServer()
const MANY = 20

forEachSdk('many sandboxes', ({ fresh, ...sdk }) => {
  const { Sandbox } = sdk

  promise(`${MANY} sandboxes are created at once, and each works by itself`, async (t) => {
    const sandboxes = await Promise.all(Array.from({ length: MANY }, () => fresh(t)))
    assert.equal(new Set(sandboxes.map((sandbox) => sandbox.sandboxId)).size, MANY)
    const answers = await Promise.all(
      sandboxes.map(async (sandbox, i) => {
        await sandbox.files.write('number', String(i))
        const { stdout } = await sandbox.commands.run('python3 -c "print(int(open(\'number\').read()) ** 2)"; ls')
        return stdout
      }),
    )
    answers.forEach((answer, i) => assert.equal(answer, `${i * i}\nnumber\n`))
    assert.deepEqual(await Promise.all(sandboxes.map((sandbox) => sandbox.kill())), Array(MANY).fill(true))
  })

  promise('each sandbox has its own processes, files and ports', async (t) => {
    const [one, other] = await Promise.all([fresh(t), fresh(t)])
    await one.commands.run('exec -a private-process sleep 1000', { background: true, timeoutMs: 0 })
    await one.files.write('/tmp/private', 'x')
    const { stdout } = await other.commands.run('cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "[p]rivate-process"; ls /tmp/private 2>&1; true')
    assert.match(stdout, /^0\n.*No such file/)
    assert.notEqual((await one.commands.list()).length, (await other.commands.list()).length)
  })

  promise('two consumers work at once and never see each other', async () => {
    const keys = await Promise.all(['first', 'second'].map((name) => context.server.createKey(`${name}-${sdk.version.replaceAll('.', '-')}`)))
    const work = keys.map(async ({ key: apiKey, consumer }) => {
      const made = await Promise.all(Array.from({ length: 5 }, () => Sandbox.create({ apiKey, metadata: { consumer } })))
      const listed = await Sandbox.list({ apiKey }).nextItems()
      assert.deepEqual(listed.map((sandbox) => sandbox.sandboxId).sort(), made.map((sandbox) => sandbox.sandboxId).sort())
      for (const sandbox of listed) assert.equal(sandbox.metadata.consumer, consumer)
      return { apiKey, made }
    })
    const [first, second] = await Promise.all(work)
    assert.equal(await Sandbox.kill(first.made[0].sandboxId, { apiKey: second.apiKey }), false)
    for (const { made } of [first, second]) {
      assert.deepEqual(await Promise.all(made.map((sandbox) => sandbox.kill())), Array(5).fill(true))
    }
  })

  promise('killed sandboxes disappear from the list', async () => {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let round = 0; round < 3; round++) {
          const sandbox = await Sandbox.create()
          assert.equal((await sandbox.commands.run('echo alive')).stdout, 'alive\n')
          assert.equal(await sandbox.kill(), true)
        }
      }),
    )
    assert.deepEqual(await Sandbox.list().nextItems(), [])
  })
})
