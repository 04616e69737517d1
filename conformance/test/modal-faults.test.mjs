import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { clients, fakeModal, outcome, sh } from '../harness/modal.mjs'
import { failure, promise } from '../harness/suite.mjs'

// What the official client makes of a rehearsal's faults: it is the measure for ext.modal, and shows that the faults are Modal's.
const [v2, v1] = clients

describe('fake-cloud modal', () => {
  /** A client, and how it makes sandboxes, of a cloud with a plan. */
  const account = async (t, plan, which = v2, params, more) => {
    const fake = await fakeModal(t, plan)
    const client = fake.client(which, params, more)
    t.after(() => client.close())
    const app = await client.apps.fromName('rehearsal', { createIfMissing: true })
    const create = (options) => client.sandboxes.create(app, client.images.fromRegistry('python:3.13'), options)
    return { fake, client, app, create }
  }

  promise('without a plan it is Modal, with GPUs that aren’t there', async (t) => {
    const { create, fake } = await account(t, 'faults: []')
    const sandbox = await create({ gpu: 'A100-80GB:2' })
    assert.match(sandbox.sandboxId, /^sb-[0-9a-zA-Z]{22}$/, 'of the first generation, which has GPUs')
    assert.deepEqual(await sh(sandbox, 'echo works'), { out: 'works\n', err: '', code: 0 })
    assert.match((await create()).sandboxId, /^sb-[0-9a-zA-Z]{26}$/)
    for (const gpu of ['NOPE', 'H100:9', 'H100:0']) await failure(create({ gpu }), undefined, /GPU/i)
    assert.equal(fake.struck(), 0)
    assert.equal(fake.alive(), 2)
  })

  promise('another token is refused', async (t) => {
    const { fake } = await account(t, 'faults: []')
    for (const wrong of [{ tokenId: 'ak-other' }, { tokenSecret: 'as-other' }]) {
      await failure(fake.client(v2, wrong).apps.fromName('rehearsal'), undefined, /UNAUTHENTICATED/)
    }
  })

  promise('after UNAVAILABLE the client asks again, and makes one sandbox', async (t) => {
    const { create, fake } = await account(t, 'faults:\n  - {call: SandboxCreateV2, times: 2, status: UNAVAILABLE}')
    await create()
    assert.equal(fake.struck(), 2)
    assert.equal(fake.alive(), 1)
  })

  promise('after RESOURCE_EXHAUSTED with a time the client waits that long', async (t) => {
    const { create, fake } = await account(
      t,
      'faults:\n  - {call: SandboxCreateV2, times: 1, status: RESOURCE_EXHAUSTED, retryAfter: 1500ms, message: Sandbox creation rate limit exceeded}',
    )
    const began = Date.now()
    await create()
    assert.ok(Date.now() - began >= 1_500)
    assert.equal(fake.struck(), 1)
  })

  promise('RESOURCE_EXHAUSTED without a time is told', async (t) => {
    const { create, fake } = await account(t, 'faults:\n  - {call: SandboxCreateV2, times: 1, status: RESOURCE_EXHAUSTED, message: too many}')
    await failure(create(), undefined, /RESOURCE_EXHAUSTED: too many/)
    assert.equal(fake.alive(), 0)
  })

  for (const which of [v2, v1]) {
    promise(`a creation whose answer is lost makes one sandbox all the same (${which.title})`, async (t) => {
      const { create, fake } = await account(t, 'faults:\n  - {call: SandboxCreate(V2)?, times: 1, loseResponse: true}', which)
      const sandbox = await create()
      assert.equal(fake.struck(), 1)
      assert.equal(fake.alive(), 1)
      assert.equal(await sandbox.poll(), null)
    })
  }

  promise('a stream of output that is cut goes on where it was', async (t) => {
    const { create, fake } = await account(t, 'faults:\n  - {call: TaskExecStdioRead, times: 3, cutAfterBytes: 10001}')
    const process = await (await create()).exec(['sh', '-c', 'seq 20000'])
    const { out, code } = await outcome(process)
    assert.equal(code, 0)
    assert.equal(out, Array.from({ length: 20_000 }, (_, i) => `${i + 1}\n`).join(''))
    assert.equal(fake.struck(), 3)
  })

  promise('a file that is cut on its way in arrives whole', async (t) => {
    const { create, fake } = await account(t, 'faults:\n  - {call: TaskExecStdinWriteStream, times: 2, cutRequestAfterBytes: 300000}')
    const sandbox = await create()
    const bytes = Buffer.alloc(1_000_003, 'abcdefg')
    await sandbox.filesystem.writeBytes(bytes, '/tmp/file')
    assert.deepEqual(Buffer.from(await sandbox.filesystem.readBytes('/tmp/file')), bytes)
    assert.equal(fake.struck(), 2)
  })

  for (const which of [v2, v1]) {
    promise(`tokens that are soon over are fetched anew (${which.title})`, async (t) => {
      const { create } = await account(t, 'tokenLifetime: 3s', which)
      const sandbox = await create()
      for (let i = 0; i < 4; i++) {
        assert.equal((await sh(sandbox, `echo ${i}`)).out, `${i}\n`)
        await new Promise((resolve) => setTimeout(resolve, 1_500))
      }
    })
  }

  promise('a GPU that is not scheduled is queued for', async (t) => {
    const { create, fake } = await account(t, 'faults:\n  - {call: SandboxGetTaskId, times: 4, empty: true}') // without times, for ever
    const began = Date.now()
    const sandbox = await create({ gpu: 'B200' })
    assert.ok(Date.now() - began >= 1_500)
    assert.equal(fake.struck(), 4)
    assert.equal(await sandbox.poll(), null)
  })

  promise('a sandbox that ends from outside is told as terminated', async (t) => {
    const { create, fake } = await account(t, 'faults:\n  - {call: TaskExecStart, after: 1, times: 1, expire: true}')
    const sandbox = await create()
    await sh(sandbox, 'true')
    await failure(sandbox.exec(['true']).then(outcome))
    assert.equal(await sandbox.wait(), 137)
    assert.equal(fake.alive(), 0)
  })

  promise('a build that fails makes no sandbox, and the next one is good', async (t) => {
    const { create, fake } = await account(t, 'faults:\n  - {call: ImageGetOrCreate, times: 1, failBuild: "Step 3: no space left on device"}')
    await failure(create(), undefined, /[bB]uild/)
    assert.equal(fake.alive(), 0)
    await create()
    assert.equal(fake.alive(), 1)
  })

  promise('an answer that takes long is waited for', async (t) => {
    const { create } = await account(t, 'faults:\n  - {call: SandboxCreateV2, slow: 2s}')
    const began = Date.now()
    await create()
    assert.ok(Date.now() - began >= 2_000)
  })

  promise('a call that hangs and is cut is made again', async (t) => {
    const { client, fake } = await account(t, 'faults:\n  - {call: AppGetOrCreate, after: 1, times: 1, hang: 1s}')
    const began = Date.now()
    await client.apps.fromName('other', { createIfMissing: true })
    assert.ok(Date.now() - began >= 1_000)
    assert.equal(fake.struck(), 1)
  })
})
