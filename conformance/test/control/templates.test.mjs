import assert from 'node:assert/strict'
import { E2bCli } from '../../harness/e2b.mjs'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { api } from '../../harness/wire.mjs'

const context = useServer()
const cli = (...args) => new E2bCli(context.server.home, context.server.environment(context.key)).run(args)

forEachSdk('templates', ({ fresh, ...sdk }) => {
  const { Sandbox, Template } = sdk

  promise('fixed template names of clients map to the configured profiles', async (t) => {
    assert.equal((await (await fresh(t, 'opencode')).getInfo()).templateId, 'profile.base')
    assert.equal((await (await fresh(t, 'opencode:v3')).getInfo()).templateId, 'profile.base')
    assert.equal((await (await fresh(t, 'mastra-0f1e2d3c')).getInfo()).templateId, 'profile.ci')
    assert.equal(await Template.exists('opencode'), true)
    assert.equal(await Template.exists('mastra-anything'), true)
    assert.equal(await Template.exists('codex'), false)
  })

  promise('an unknown name is refused, and the message shows the configuration to add', async () => {
    await failure(Sandbox.create('codex'), undefined, /template 'codex' not found.*templates: \{"codex": base\}/)
  })

  promise('a template can’t have the name of a profile or start from an image that can’t be pulled', async () => {
    const build = (name) => Template.build(Template().fromImage('nobody.example/one:1'), name, { cpuCount: 1, memoryMB: 512 })
    await failure(build('ci'), undefined, /name of a profile/)
    await failure(build('unpullable'), undefined, /image "nobody.example\/one:1" can't be used here: .*no extension could take.*; begin with base.*images: /)
  })

  promise('an image that needs a password is refused, and the message says what to do', async () => {
    const build = (template) => Template.build(template, 'behind-a-password', { cpuCount: 1, memoryMB: 512 })
    const refused = /images that need a password .* not supported; begin with .*fromBaseImage\(\) or fromTemplate/
    await failure(build(Template().fromImage('nobody.example/one:1', { username: 'me', password: 'fake-word' })), undefined, refused)
    await failure(build(Template().fromAWSRegistry('nobody.example/one:1', { accessKeyId: 'fake', secretAccessKey: 'fake-word', region: 'us-west-1' })), undefined, refused)
  })

  promise('tags of an unknown template and of a profile are refused', async () => {
    await failure(Template.assignTags('gone:v1', ['v2']), undefined, /template 'gone' not found/)
    await failure(Template.removeTags('gone', ['v2']), undefined, /template 'gone' not found/)
    await failure(Template.removeTags('base', ['v2']), undefined, /have no tags/)
  })
})

promise('the command line reports that a template is missing', async () => {
  const words = {
    delete: ['template', 'delete', 'gone', '--yes'],
    publish: ['template', 'publish', 'gone', '--yes'],
  }
  for (const [what, args] of Object.entries(words)) {
    const { code, out, err } = await cli(...args)
    assert.notEqual(code, 0, what)
    assert.match(out + err, /template '?"?gone/i, what)
    assert.doesNotMatch(out + err, /snapshot '/, what)
  }
})

promise('the list of templates contains the aliases of each profile', async () => {
  const { json } = await api(context.server, context.key, 'GET', '/templates')
  assert.deepEqual(json.find(({ templateID }) => templateID === 'profile.base').aliases.slice(0, 2), ['base', 'opencode'])
})
