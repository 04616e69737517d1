import assert from 'node:assert/strict'
import { all, forEachClient, outcome, sh, useModal } from '../../harness/modal.mjs'
import { eventually } from '../../harness/inbox.mjs'
import { failure, promise } from '../../harness/suite.mjs'

const context = useModal()

forEachClient(context, 'sandboxes', ({ client, app, image, create, shared, fresh, other, isV2, isNewest, ...sdk }) => {
  let names = 0
  const name = () => `box-${isNewest ? 'new' : 'old'}-${isV2 ? 'v2' : 'v1'}-${names++}`
  const ids = async (params) => (await all(client().sandboxes.list({ appId: (await app()).appId, ...params }))).map((one) => one.sandboxId)
  const refused = async (params, message) => {
    const error = await failure(create(params))
    assert.match(`${error.details ?? ''} ${error.message}`, message)
    return error
  }

  promise('a sandbox has an id of its generation and is found by it', async () => {
    const sandbox = await shared()
    assert.match(sandbox.sandboxId, isV2 ? /^sb-[0-9a-zA-Z]{26}$/ : /^sb-[0-9a-zA-Z]{22}$/)
    assert.equal(await sandbox.poll(), null)
    const same = await client().sandboxes.fromId(sandbox.sandboxId)
    assert.equal(await same.poll(), null)
    assert.equal((await sh(same, 'echo here')).out, 'here\n')
  })

  promise('a terminated sandbox ends with 137 for every waiting client', async (t) => {
    const sandbox = await fresh(t)
    const waiting = (await client().sandboxes.fromId(sandbox.sandboxId)).wait()
    assert.equal(await sandbox.terminate({ wait: true }), 137)
    assert.equal(await waiting, 137)
    const same = await client().sandboxes.fromId(sandbox.sandboxId)
    assert.equal(await same.poll(), 137)
    await same.terminate()
  })

  promise('a sandbox ends at its timeout, with 124', async (t) => {
    const sandbox = await fresh(t, { timeoutMs: 2_000 })
    assert.equal(await sandbox.wait(), 124)
  })

  promise('an unknown sandbox is not found', async () => {
    const id = isV2 ? `sb-${'s0'.repeat(13)}` : `sb-${'s0'.repeat(11)}`
    await failure(client().sandboxes.fromId(id).then((sandbox) => sandbox.poll()), undefined, /NOT_FOUND|not found/)
  })

  promise('tags are read, replaced and cleared', async (t) => {
    const sandbox = await fresh(t, { tags: { team: 'blue', stage: 'test' } })
    assert.deepEqual(await sandbox.getTags(), { team: 'blue', stage: 'test' })
    await sandbox.setTags({ team: 'red' })
    assert.deepEqual(await sandbox.getTags(), { team: 'red' })
    await sandbox.setTags({})
    assert.deepEqual(await sandbox.getTags(), {})
  })

  promise('running sandboxes are listed, also by tags and by app', async (t) => {
    const mark = name()
    const one = await fresh(t, { tags: { mark, n: '1' } })
    const two = await fresh(t, { tags: { mark, n: '2' } })
    assert.deepEqual((await ids({ tags: { mark } })).sort(), [one.sandboxId, two.sandboxId].sort())
    assert.deepEqual(await ids({ tags: { mark, n: '2' } }), [two.sandboxId])
    assert.ok((await ids()).includes(one.sandboxId))
    const elsewhere = await client().apps.fromName('elsewhere', { createIfMissing: true })
    assert.deepEqual(await ids({ appId: elsewhere.appId, tags: { mark } }), [])
    await one.terminate()
    await eventually(async () => !(await ids({ tags: { mark } })).includes(one.sandboxId))
  })

  promise('changed tags match by their new values only', async (t) => {
    const mark = name()
    const sandbox = await fresh(t, { tags: { mark } })
    await sandbox.setTags({ mark: `${mark}-later` })
    assert.deepEqual(await ids({ tags: { mark } }), [])
    assert.deepEqual(await ids({ tags: { mark: `${mark}-later` } }), [sandbox.sandboxId])
  })

  promise('a list of many sandboxes is complete, newest first', async (t) => {
    const mark = name()
    const made = []
    for (let i = 0; i < 4; i++) made.push((await fresh(t, { tags: { mark } })).sandboxId)
    assert.deepEqual(await ids({ tags: { mark } }), made.reverse())
  })

  promise('a sandbox is found by its name, and the name is free when it has ended', async (t) => {
    const called = name()
    const first = await fresh(t, { name: called })
    assert.equal((await client().sandboxes.fromName('conformance', called)).sandboxId, first.sandboxId)
    await failure(create({ name: called }), sdk.AlreadyExistsError, /already exists/)
    await first.terminate()
    await failure(client().sandboxes.fromName('conformance', called), sdk.NotFoundError)
    const second = await fresh(t, { name: called })
    assert.equal((await client().sandboxes.fromName('conformance', called)).sandboxId, second.sandboxId)
  })

  promise('of several concurrent creations with one name, one succeeds', async (t) => {
    const called = name()
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => fresh(t, { name: called })))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const { reason } of outcomes.filter(({ status }) => status === 'rejected')) assert.ok(reason instanceof sdk.AlreadyExistsError, reason)
  })

  promise('an unknown app is not found', () => failure(client().apps.fromName('nobody-made-this'), sdk.NotFoundError))

  promise('an app has the same id each time', async () => {
    const again = await client().apps.fromName('conformance')
    assert.equal(again.appId, (await app()).appId)
    assert.match(again.appId, /^ap-/)
  })

  promise('the sandbox’s variables are set in every command', async (t) => {
    const sandbox = await fresh(t, { env: { MINE: 'of the sandbox', OTHER: 'a=b "c"' } })
    assert.equal((await sh(sandbox, 'echo "$MINE|$OTHER"')).out, 'of the sandbox|a=b "c"\n')
  })

  promise('secrets are set as variables; later ones override earlier ones', async (t) => {
    const one = await client().secrets.fromObject({ A: 'one', B: 'one' })
    const two = await client().secrets.fromObject({ B: 'two' })
    const sandbox = await fresh(t, { secrets: [one, two] })
    assert.equal((await sh(sandbox, 'echo $A $B')).out, 'one two\n')
  })

  promise('an unknown secret is not found', async () => {
    await failure(client().secrets.fromName('nobody-made-this'), sdk.NotFoundError)
  })

  promise('commands start in the sandbox’s directory', async (t) => {
    const sandbox = await fresh(t, { workdir: '/usr/share' })
    assert.equal((await sh(sandbox, 'pwd')).out, '/usr/share\n')
  })

  promise('the main process has output, and the sandbox ends with it', async (t) => {
    const sandbox = await fresh(t, { command: ['sh', '-c', 'echo out; echo err >&2; sleep 1; exit 7'] })
    assert.equal(await sandbox.wait(), 7)
    assert.equal(await sandbox.stdout.readText(), 'out\n')
    assert.equal(await sandbox.stderr.readText(), 'err\n')
  })

  promise('the main process reads what is written to the sandbox', async (t) => {
    const sandbox = await fresh(t, { command: ['sh', '-c', 'read line; echo "got $line"; cat'] })
    await sandbox.stdin.writeText('one\n')
    await sandbox.stdin.writeText('two\n')
    await sandbox.stdin.close()
    assert.equal(await sandbox.stdout.readText(), 'got one\ntwo\n')
    assert.equal(await sandbox.wait(), 0)
  })

  promise('waiting for a sandbox ends when its probe succeeds', async (t) => {
    const sandbox = await fresh(t, { readinessProbe: sdk.Probe.withExec(['test', '-e', '/tmp/ready']) })
    await failure(sandbox.waitUntilReady(1_000), sdk.TimeoutError)
    const waiting = sandbox.waitUntilReady(30_000)
    await sh(sandbox, 'touch /tmp/ready')
    await waiting
    await failure((await shared()).waitUntilReady(1_000), undefined, /probe/)
  })

  promise('an idle sandbox ends, and a busy one does not', async (t) => {
    const idle = await fresh(t, { idleTimeoutMs: 3_000 })
    const busy = await fresh(t, { idleTimeoutMs: 3_000 })
    const work = sh(busy, 'sleep 8; echo done')
    assert.equal(await idle.wait(), 124)
    assert.equal((await work).out, 'done\n')
    assert.equal(await busy.poll(), null)
  })

  promise('a Python image has the command python', async (t) => {
    const { out } = await sh(await shared(), 'python -c "print(6 * 7)"')
    assert.equal(out, '42\n')
  })

  promise('an image’s ENV and WORKDIR apply', async (t) => {
    const changed = image().dockerfileCommands(['ENV FROM_IMAGE=yes', 'WORKDIR /opt'])
    const sandbox = await client().sandboxes.create(await app(), changed)
    t.after(() => client().sandboxes.fromId(sandbox.sandboxId).then((same) => same.terminate()))
    assert.equal((await sh(sandbox, 'echo $FROM_IMAGE $PWD')).out, 'yes /opt\n')
  })

  promise('an image with commands that the server can’t run fails to build with a reason', async () => {
    const error = await failure(client().sandboxes.create(await app(), image().dockerfileCommands(['RUN apt-get install cowsay'])))
    assert.match(error.message, /RUN/)
  })

  promise('an unknown image fails to build, and the error names it', async () => {
    const error = await failure(client().sandboxes.create(await app(), client().images.fromRegistry('nobody/has-this:1')))
    assert.match(error.message, /nobody\/has-this:1/)
  })

  promise('an image is built once, and used by its id', async (t) => {
    const built = await image().build(await app())
    assert.match(built.imageId, /^im-/)
    const same = await client().images.fromId(built.imageId)
    const sandbox = await client().sandboxes.create(await app(), same)
    t.after(() => client().sandboxes.fromId(sandbox.sandboxId).then((one) => one.terminate()))
    assert.equal((await sh(sandbox, 'echo from the id')).out, 'from the id\n')
    await failure(client().images.fromId('im-0000000000000000000000'), sdk.NotFoundError)
  })

  promise('memory has the requested size', async (t) => {
    const sandbox = await fresh(t, { cpu: 0.5, memoryMiB: 300, memoryLimitMiB: 300 })
    const id = sandbox.sandboxId.slice('sb-'.length, 'sb-'.length + 20)
    const response = await fetch(`${context.server.url}/sandboxes/${id}`, { headers: { 'X-API-KEY': context.key } })
    assert.equal((await response.json()).memoryMB, 300)
  })

  promise('a sandbox with a blocked network can’t connect', async (t) => {
    const sandbox = await fresh(t, { blockNetwork: true })
    const { code } = await sh(sandbox, 'ip -o route 2>/dev/null | grep -q default')
    assert.notEqual(code, 0)
  })

  promise('a GPU that no backend has is refused with a reason', () => refused({ gpu: 'A100-80GB:2' }, /gpu/i))
  promise('an unknown GPU is refused', () => refused({ gpu: 'NOPE' }, /GPU/i))
  promise('nine GPUs are refused', () => refused({ gpu: 'H100:9' }, /GPU/))
  promise('zero GPUs are refused', async () => void (await failure(create({ gpu: 'H100:0' }), undefined, /GPU/i)))
  promise('more than 24 hours are refused', () => refused({ timeoutMs: 100 * 3_600_000 }, /24/))
  promise('a timeout with fractions of a second is refused', async () => void (await failure(create({ timeoutMs: 1_500 }), undefined, /second|1000/)))
  promise('a limit below the request is refused', async () => void (await failure(create({ cpu: 2, cpuLimit: 1 }), undefined, /cpuLimit/)))
  promise('a relative directory is refused', async () => void (await failure(create({ workdir: 'here' }), undefined, /absolute/)))
  promise('a sandbox name with a blank is refused', () => refused({ name: 'no name' }, /name/i))
  promise('a variable’s name with a dash is refused', () => refused({ env: { 'NO-NAME': 'x' } }, /NO-NAME|environment variable/i))
  promise('an allowlist with a blocked network is refused', async () => {
    const list = isNewest ? { outboundCidrAllowlist: ['10.0.0.0/8'] } : { cidrAllowlist: ['10.0.0.0/8'] }
    await failure(create({ blockNetwork: true, ...list }), undefined, /[aA]llow/)
  })
  promise('an invalid address is refused', () => refused(isNewest ? { outboundCidrAllowlist: ['no address'] } : { cidrAllowlist: ['no address'] }, /CIDR/))
  promise('an unknown cloud and an unknown region are refused', async () => {
    await refused({ cloud: 'nowhere' }, /nowhere|cloud/i)
    await refused({ regions: ['nowhere'] }, /nowhere|region/i)
  })
  promise('volumes are refused as unsupported', async () => {
    const error = await failure(client().volumes.fromName('data', { createIfMissing: true }))
    assert.match(error.message, /UNIMPLEMENTED|[vV]olume/)
  })

  promise('detach closes the handle and keeps the sandbox running', async (t) => {
    const sandbox = await fresh(t)
    await sh(sandbox, 'true')
    sandbox.detach()
    await failure(sandbox.exec(['true']), sdk.ClientClosedError)
    const again = await client().sandboxes.fromId(sandbox.sandboxId)
    assert.equal((await sh(again, 'echo on')).out, 'on\n')
  })

  promise('a command in an ended sandbox fails', async (t) => {
    const sandbox = await fresh(t)
    await sandbox.terminate({ wait: true })
    await failure((await client().sandboxes.fromId(sandbox.sandboxId)).exec(['true']).then(outcome))
  })

  promise('a wrong secret, half a pair and a revoked key are refused', async () => {
    const attempt = (params) => other(params).apps.fromName('conformance', { createIfMissing: true })
    await failure(attempt({ tokenSecret: `e2b_${'0'.repeat(40)}` }), undefined, /UNAUTHENTICATED/)
    await failure(attempt({ tokenSecret: 'as-nonsense' }), undefined, /UNAUTHENTICATED/)
    const made = await context.server.createKey('local')
    const client = other({ tokenSecret: made.key })
    await client.apps.fromName('conformance')
    await context.server.revokeKey(made.id)
    await failure(client.apps.fromName('conformance'), undefined, /UNAUTHENTICATED/)
    client.close()
    await failure((async () => other({}, { MODAL_TOKEN_SECRET: '' }).apps.fromName('conformance'))(), undefined, /credentials|token/i)
  })

  promise('a consumer can’t see another’s sandboxes', async () => {
    const mine = await shared()
    const { key } = await context.server.createKey(`stranger-${names}-${isV2}-${isNewest}`)
    const stranger = other({ tokenSecret: key })
    await failure(stranger.apps.fromName('conformance'), sdk.NotFoundError)
    const theirs = () => stranger.sandboxes.fromId(mine.sandboxId) // old clients send the request here
    await failure(theirs().then((sandbox) => sandbox.poll()), undefined, /NOT_FOUND|not found/)
    await failure(theirs().then((sandbox) => sandbox.exec(['true'])).then(outcome))
    await failure(theirs().then((sandbox) => sandbox.terminate()), undefined, /NOT_FOUND|not found/)
    assert.equal(await mine.poll(), null)
    stranger.close()
  })

  if (isNewest) {
    promise('both generations list the same sandboxes', async (t) => {
      const mark = name()
      const one = await fresh(t, { tags: { mark } })
      const { appId } = await app()
      const found = await all(client().sandboxes.experimentalList({ appId, tags: { mark } }))
      assert.deepEqual(found.map((same) => same.sandboxId), [one.sandboxId])
    })

    promise('an image is published under a name, found by it and deleted', async (t) => {
      const built = await image().build(await app())
      await built.publish(`published-${isV2}:one`)
      assert.equal((await client().images.fromName(`published-${isV2}:one`)).imageId, built.imageId)
      await failure(client().images.fromName(`published-${isV2}:two`), sdk.NotFoundError)
    })
  }

  if (isV2) {
    promise('a running sandbox can be named once', async (t) => {
      const sandbox = await fresh(t)
      const called = name()
      await sandbox.experimentalSetName(called)
      assert.equal((await client().sandboxes.fromName('conformance', called)).sandboxId, sandbox.sandboxId)
      await failure(sandbox.experimentalSetName(name()), sdk.ConflictError)
      await failure((await fresh(t)).experimentalSetName(called), sdk.AlreadyExistsError)
    })

    promise('an ended sandbox is found by its name on request', async (t) => {
      const called = name()
      const sandbox = await fresh(t, { name: called })
      await sandbox.terminate({ wait: true })
      await failure(client().sandboxes.fromName('conformance', called), sdk.NotFoundError)
      const ended = await client().sandboxes.fromName('conformance', called, { includeTerminated: true })
      assert.equal(ended.sandboxId, sandbox.sandboxId)
      assert.equal(await ended.poll(), 137)
    })
  }
})
