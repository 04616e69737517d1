import assert from 'node:assert/strict'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { api } from '../../harness/wire.mjs'

const context = useServer()

async function everything(paginator) {
  const pages = []
  while (paginator.hasNext) pages.push(await paginator.nextItems())
  return pages
}

forEachSdk('listing', ({ fresh, ...sdk }) => {
  const { Sandbox } = sdk
  const ids = (sandboxes) => sandboxes.map((sandbox) => sandbox.sandboxId)
  const list = async (options) => (await everything(Sandbox.list(options))).flat()

  /** Creates five sandboxes, oldest first, with the run's name and their number as metadata. */
  const five = async (t, run) => {
    const made = []
    for (let i = 0; i < 5; i++) {
      made.push(await fresh(t, { metadata: { run, number: String(i), parity: i % 2 ? 'odd' : 'even' } }))
    }
    return ids(made)
  }

  promise('pages together show every sandbox once, newest first', async (t) => {
    const run = `pages-${sdk.version}`
    const made = await five(t, run)
    const pages = await everything(Sandbox.list({ limit: 2, query: { metadata: { run } } }))
    assert.deepEqual(
      pages.map((page) => page.length),
      [2, 2, 1],
    )
    assert.deepEqual(ids(pages.flat()), made.toReversed())
  })

  promise('order asc shows the oldest first', async (t) => {
    const run = `order-${sdk.version}`
    const made = await five(t, run)
    assert.deepEqual(ids(await list({ limit: 3, order: 'asc', query: { metadata: { run } } })), made)
  })

  promise('a page’s token works in another client', async (t) => {
    const run = `token-${sdk.version}`
    const made = await five(t, run)
    const options = { limit: 3, query: { metadata: { run } } }
    const first = Sandbox.list(options)
    const page = await first.nextItems()
    assert.ok(first.hasNext && first.nextToken)
    const rest = await list({ ...options, nextToken: first.nextToken })
    assert.deepEqual([...ids(page), ...ids(rest)], made.toReversed())
  })

  promise('several metadata filters must all match exactly', async (t) => {
    const run = `metadata-${sdk.version}`
    const made = await five(t, run)
    assert.deepEqual(ids(await list({ query: { metadata: { run, parity: 'odd' } } })), [made[3], made[1]])
    assert.deepEqual(await list({ query: { metadata: { run, number: '1', parity: 'even' } } }), [])
    assert.deepEqual(await list({ query: { metadata: { run: run.slice(0, -1) } } }), [])
  })

  promise('metadata filters may contain any character', async (t) => {
    const metadata = { 'key &=%+ ü': `value &=%+ 漢 "x" ${sdk.version}` }
    const sandbox = await fresh(t, { metadata })
    const [found, ...more] = await list({ query: { metadata } })
    assert.equal(found.sandboxId, sandbox.sandboxId)
    assert.deepEqual(found.metadata, metadata)
    assert.deepEqual(more, [])
  })

  promise('filters by state separate running and paused sandboxes', async (t) => {
    const run = `state-${sdk.version}`
    const made = await five(t, run)
    await Sandbox.pause(made[2])
    const inState = async (state) => ids(await list({ query: { metadata: { run }, state } }))
    assert.deepEqual(await inState(['paused']), [made[2]])
    assert.deepEqual(await inState(['running']), [made[4], made[3], made[1], made[0]])
    assert.deepEqual(await inState(['running', 'paused']), made.toReversed())
    assert.deepEqual(await inState(undefined), made.toReversed())
  })

  promise('filters by start time and template work', async (t) => {
    const run = `others-${sdk.version}`
    const made = await five(t, run)
    const ci = await fresh(t, 'ci', { metadata: { run } })
    assert.deepEqual(ids(await list({ query: { metadata: { run }, template: 'ci' } })), [ci.sandboxId])
    assert.deepEqual(await list({ query: { template: 'nobody-knows-this' } }), [])
    const { startedAt } = await Sandbox.getInfo(made[3])
    assert.deepEqual(ids(await list({ query: { metadata: { run }, startedAfter: startedAt } })), [ci.sandboxId, made[4], made[3]])
    const later = new Date(Date.now() + 3_600_000)
    assert.deepEqual(await list({ query: { metadata: { run }, startedAfter: later } }), [])
  })

  promise('listed sandboxes have the same fields as their information', async (t) => {
    const metadata = { run: `same-${sdk.version}` }
    const sandbox = await fresh(t, 'ci', { metadata })
    const [listed] = await list({ query: { metadata } })
    const info = await sandbox.getInfo()
    for (const key of Object.keys(listed)) assert.deepEqual(listed[key], info[key], key)
  })

  promise('a killed sandbox isn’t listed any more', async (t) => {
    const metadata = { run: `killed-${sdk.version}` }
    const sandbox = await fresh(t, { metadata })
    await sandbox.kill()
    assert.deepEqual(await list({ query: { metadata } }), [])
  })

  promise('an invalid page size, token or order is refused', async () => {
    await failure(Sandbox.list({ limit: 0 }).nextItems(), sdk.SandboxError, /^400: /)
    await failure(Sandbox.list({ limit: 101 }).nextItems(), sdk.SandboxError, /^400: /)
    await failure(Sandbox.list({ order: 'upwards' }).nextItems(), sdk.SandboxError, /^400: /)
    await failure(Sandbox.list({ nextToken: 'no token of ours' }).nextItems(), sdk.SandboxError, /^400: /)
  })
})

promise('a page has the number of running sandboxes, and a token only if more sandboxes follow', async () => {
  const made = []
  for (let i = 0; i < 3; i++) made.push((await api(context.server, context.key, 'POST', '/v2/sandboxes', { templateID: 'base' })).json)
  const page = await api(context.server, context.key, 'GET', '/v2/sandboxes?state=running&limit=2')
  assert.equal(page.status, 200)
  assert.equal(page.headers['x-total-running'], '3')
  assert.ok(page.headers['x-next-token'])
  const whole = await api(context.server, context.key, 'GET', '/v2/sandboxes?state=running')
  assert.equal(whole.headers['x-next-token'], undefined)
  for (const { sandboxID } of made) await api(context.server, context.key, 'DELETE', `/sandboxes/${sandboxID}`)
})
