import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { clients, outcome, sh, useFakeModal } from '../../harness/modal.mjs'
import { failure, promise } from '../../harness/suite.mjs'

// Tests how the official client reacts to the faults of a fake Modal. ext.modal has to react in the same way. The reactions also show that
// the faults are like Modal's own. A fake takes seconds to start, so each plan of faults serves several tests, which run in order. The
// plans run concurrently, since they mostly wait.
const [v2, v1] = clients

/** Starts a fake cloud with a plan of faults, and returns functions to create sandboxes in it. */
function cloud(plan) {
  const fake = useFakeModal(plan)
  const accounts = new Map()
  const account = async (which) => {
    const client = fake.client(which)
    return { client, app: await client.apps.fromName('rehearsal', { createIfMissing: true }) }
  }
  const of = (which = v2) => {
    if (!accounts.has(which)) accounts.set(which, account(which))
    return accounts.get(which)
  }
  after(async () => {
    for (const made of accounts.values()) (await made).client.close()
  })
  const create = async (options, which) => {
    const { client, app } = await of(which)
    return client.sandboxes.create(app, client.images.fromRegistry('python:3.13'), options)
  }
  /** Runs an action and returns its result, the number of sandboxes that it added, and its duration. */
  const measured = async (work) => {
    const [alive, began] = [fake.alive(), Date.now()]
    const result = await work()
    return { result, more: fake.alive() - alive, took: Date.now() - began }
  }
  return { fake, of, create, measured }
}

describe('fake-cloud modal', { concurrency: 3 }, () => {
  describe('with tokens that expire soon', { concurrency: 1 }, () => {
    const { fake, create } = cloud('tokenLifetime: 3s')

    promise('a sandbox with a GPU is created, although the fake has no GPUs', async () => {
      const sandbox = await create({ gpu: 'A100-80GB:2' })
      assert.match(sandbox.sandboxId, /^sb-[0-9a-zA-Z]{22}$/, 'of the first generation, which has GPUs')
      assert.deepEqual(await sh(sandbox, 'echo works'), { out: 'works\n', err: '', code: 0 })
      assert.match((await create()).sandboxId, /^sb-[0-9a-zA-Z]{26}$/)
      for (const gpu of ['NOPE', 'H100:9', 'H100:0']) await failure(create({ gpu }), undefined, /GPU/i)
      assert.equal(fake.alive(), 2)
    })

    promise('a wrong token is refused', async () => {
      for (const wrong of [{ tokenId: 'ak-other' }, { tokenSecret: 'as-other' }]) {
        await failure(fake.client(v2, wrong).apps.fromName('rehearsal'), undefined, /UNAUTHENTICATED/)
      }
    })

    promise('expired tokens are replaced, in both generations', async () => {
      const works = async (which) => {
        const sandbox = await create({}, which)
        for (let i = 0; i < 4; i++) {
          assert.equal((await sh(sandbox, `echo ${i}`)).out, `${i}\n`)
          await new Promise((resolve) => setTimeout(resolve, 1_500))
        }
      }
      await Promise.all([works(v2), works(v1)])
      await fake.struck(0)
    })
  })

  describe('with failing creations', { concurrency: 1 }, () => {
    // `after` is the number of creations that succeed first
    const { fake, create, measured } = cloud(`faults:
  - {call: ImageGetOrCreate, times: 1, failBuild: "Step 3: no space left on device"}
  - {call: SandboxCreateV2, after: 1, times: 2, status: UNAVAILABLE}
  - {call: SandboxCreateV2, after: 2, times: 1, status: RESOURCE_EXHAUSTED, retryAfter: 1500ms, message: Sandbox creation rate limit exceeded}
  - {call: SandboxCreateV2, after: 3, times: 1, status: RESOURCE_EXHAUSTED, message: too many}
  - {call: SandboxCreateV2, after: 3, times: 1, loseResponse: true}
  - {call: SandboxCreateV2, after: 4, times: 1, slow: 2s}
  - {call: SandboxGetTaskId, times: 4, empty: true} # without times, for ever
  - {call: SandboxCreate, after: 1, times: 1, loseResponse: true}
`)

    promise('a failing build creates no sandbox, and the next build succeeds', async () => {
      const bad = await measured(() => failure(create(), undefined, /[bB]uild/))
      assert.equal(bad.more, 0)
      await fake.struck(1)
      assert.equal((await measured(create)).more, 1)
    })

    promise('after UNAVAILABLE the client retries and creates one sandbox', async () => {
      assert.equal((await measured(create)).more, 1)
      await fake.struck(2)
    })

    promise('after RESOURCE_EXHAUSTED with a retry delay, the client waits that long', async () => {
      const { more, took } = await measured(create)
      assert.equal(more, 1)
      assert.ok(took >= 1_500, `${took} ms`)
      await fake.struck(1)
    })

    promise('RESOURCE_EXHAUSTED without a retry delay is an error', async () => {
      const { more } = await measured(() => failure(create(), undefined, /RESOURCE_EXHAUSTED: too many/))
      assert.equal(more, 0)
      await fake.struck(1)
    })

    promise(`a creation whose answer is lost creates one sandbox (${v2.title})`, async () => {
      const { result, more } = await measured(create)
      assert.equal(more, 1)
      await fake.struck(1)
      assert.equal(await result.poll(), null)
    })

    promise('the client waits for a slow answer', async () => {
      assert.ok((await measured(create)).took >= 2_000)
      await fake.struck(1)
    })

    promise('a creation waits until its GPU is scheduled', async () => {
      const { result, took } = await measured(() => create({ gpu: 'B200' }))
      assert.ok(took >= 1_500, `${took} ms`)
      await fake.struck(4)
      assert.equal(await result.poll(), null)
    })

    promise(`a creation whose answer is lost creates one sandbox (${v1.title})`, async () => {
      const { result, more } = await measured(() => create({}, v1))
      assert.equal(more, 1)
      await fake.struck(1)
      assert.equal(await result.poll(), null)
    })
  })

  describe('with breaking connections', { concurrency: 1 }, () => {
    const { fake, of, create } = cloud(`faults:
  - {call: TaskExecStdioRead, times: 3, cutAfterBytes: 10001}
  - {call: TaskExecStdinWriteStream, times: 2, cutRequestAfterBytes: 300000}
  - {call: AppGetOrCreate, after: 1, times: 1, hang: 1s}
  - {call: TaskSnapshotFilesystem, times: 1, expire: true}
`)
    let sandbox
    before(async () => {
      sandbox = await create()
    })

    promise('a broken stream of output continues where it broke off', async () => {
      const { out, code } = await outcome(await sandbox.exec(['sh', '-c', 'seq 20000']))
      assert.equal(code, 0)
      assert.equal(out, Array.from({ length: 20_000 }, (_, i) => `${i + 1}\n`).join(''))
      await fake.struck(3)
    })

    promise('a file whose upload breaks off arrives complete', async () => {
      const bytes = Buffer.alloc(1_000_003, 'abcdefg')
      await sandbox.filesystem.writeBytes(bytes, '/tmp/file')
      assert.deepEqual(Buffer.from(await sandbox.filesystem.readBytes('/tmp/file')), bytes)
      await fake.struck(2)
    })

    promise('a call that hangs and breaks off is repeated', async () => {
      const began = Date.now()
      await (await of()).client.apps.fromName('other', { createIfMissing: true })
      assert.ok(Date.now() - began >= 1_000)
      await fake.struck(1)
    })

    promise('a sandbox that is ended from outside is reported as terminated', async () => {
      await failure(sandbox.snapshotFilesystem())
      await failure(sandbox.exec(['true']).then(outcome))
      assert.equal(await sandbox.wait(), 137)
      assert.equal(fake.alive(), 0)
      await fake.struck(1)
    })
  })
})
