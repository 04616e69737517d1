import assert from 'node:assert/strict'
import { forEachSdk, promise, useServer } from '../../harness/suite.mjs'

const context = useServer()

forEachSdk('a consumer\'s limits', (sdk) => {
  const { Sandbox, RateLimitError } = sdk
  const consumer = (name) => `${name}-${sdk.version.replaceAll('.', '-')}`

  promise('one sandbox too many throws RateLimitError with the usage and the limit', async () => {
    const { key: apiKey, consumer: name } = await context.server.createKey(consumer('small'))
    await context.server.limit(name, '--max-live', '1')
    const first = await Sandbox.create({ apiKey })
    await assert.rejects(Sandbox.create({ apiKey }), (error) => {
      assert.ok(error instanceof RateLimitError, String(error))
      assert.match(error.message, /1 of 1 live sandboxes/)
      return true
    })
    assert.equal(await first.kill(), true)
    const next = await Sandbox.create({ apiKey })
    assert.equal((await next.commands.run('echo room')).stdout, 'room\n')
    assert.equal(await next.kill(), true)
  })

  promise('ten concurrent creations don’t exceed the limit', async () => {
    const { key: apiKey, consumer: name } = await context.server.createKey(consumer('crowd'))
    await context.server.limit(name, '--max-live', '3')
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => Sandbox.create({ apiKey })))
    const made = asked.filter((one) => one.status === 'fulfilled').map((one) => one.value)
    const refused = asked.filter((one) => one.status === 'rejected').map((one) => one.reason)
    assert.equal(made.length, 3)
    for (const error of refused) assert.ok(error instanceof RateLimitError, String(error))
    assert.deepEqual(await Promise.all(made.map((sandbox) => sandbox.kill())), Array(3).fill(true))
  })

  promise('creating sandboxes too fast throws RateLimitError until the limit is removed', async () => {
    const { key: apiKey, consumer: name } = await context.server.createKey(consumer('hasty'))
    await context.server.limit(name, '--max-rate', '0.001/s')
    const first = await Sandbox.create({ apiKey })
    await assert.rejects(Sandbox.create({ apiKey }), RateLimitError)
    await context.server.limit(name, '--max-rate', 'none')
    const second = await Sandbox.create({ apiKey })
    assert.deepEqual(await Promise.all([first.kill(), second.kill()]), [true, true])
  })
})
