import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failure, forEachSdk, promise, useServer } from '../../harness/suite.mjs'
import { api } from '../../harness/wire.mjs'

const context = useServer()

forEachSdk('builds', ({ fresh, ...sdk }) => {
  const { Sandbox, Template, waitForPort } = sdk
  const own = (name) => `${name}-${sdk.version.replaceAll('.', '-')}`
  const build = (template, name, options = {}) => Template.build(template, own(name), { cpuCount: 1, memoryMB: 512, ...options })

  promise('a template is built from steps and files, and sandboxes start from it', async (t) => {
    const context = await mkdtemp(join(tmpdir(), 'sbx-build-'))
    t.after(() => rm(context, { recursive: true }))
    await mkdir(join(context, 'app', 'deep'), { recursive: true })
    await writeFile(join(context, 'app', 'server.py'), "import http.server, os\nprint('up', os.environ['GREETING'], flush=True)\nhttp.server.test(http.server.SimpleHTTPRequestHandler, port=8000)\n")
    await writeFile(join(context, 'app', 'deep', 'note'), 'deep\n')
    await writeFile(join(context, 'one.txt'), 'one\n')
    const lines = []
    const template = Template({ fileContextPath: context })
      .fromBaseImage()
      .setEnvs({ GREETING: 'hello', BOTH: '$GREETING there' })
      .setWorkdir('/srv/app')
      .copy('app', '.')
      .copy('one.txt', '/srv/files/', { mode: 0o600, user: 'root' })
      .runCmd('echo "$BOTH" > made; pwd; whoami')
      .runCmd('touch /opt/by-root', { user: 'root' })
      .setStartCmd('python3 server.py', waitForPort(8000))
    const info = await build(template, 'steps', { tags: ['v1'], onBuildLogs: (line) => lines.push(line.message) })
    assert.ok(info.templateId && info.buildId)
    assert.ok(lines.includes('/srv/app'), lines.join('\n'))
    assert.equal(await Template.exists(own('steps')), true)

    const sandbox = await fresh(t, own('steps'))
    const said = async (command, options) => (await sandbox.commands.run(command, options)).stdout
    assert.equal(await said('pwd; cat made deep/note; echo $GREETING'), '/srv/app\nhello there\ndeep\nhello\n')
    assert.match(await said('curl -s http://localhost:8000/ || python3 -c "import urllib.request as u; print(u.urlopen(\'http://localhost:8000/\').read().decode())"'), /server\.py/)
    assert.equal(await said('stat -c "%U %a" /srv/files/one.txt /opt/by-root', { user: 'root' }), 'root 600\nroot 644\n')
    const { cpuCount, memoryMB, templateId, name } = await sandbox.getInfo()
    assert.deepEqual([cpuCount, memoryMB, templateId, name], [1, 512, info.templateId, own('steps')])
    assert.equal((await said('echo $E2B_TEMPLATE_ID')).trim(), info.templateId)
    assert.equal((await said('cat /tmp/.sandboxer-start.log')).split('\n')[0], 'up hello')
    await fresh(t, `${own('steps')}:v1`)
    await fresh(t, info.templateId)
  })

  promise('a template built from another keeps its user and is found by its tags', async (t) => {
    await build(Template().fromBaseImage().setEnvs({ A: '1' }).runCmd('useradd -m worker', { user: 'root' }).setUser('worker').setWorkdir('/home/worker'), 'below')
    await build(Template().fromTemplate(own('below')).runCmd('echo $A > mine; whoami >> mine'), 'above', { tags: ['v1'] })
    assert.equal((await (await fresh(t, own('above'))).commands.run('whoami; pwd; cat mine')).stdout, 'worker\n/home/worker\n1\nworker\n')
    const tagged = await Template.assignTags(`${own('above')}:v1`, ['production'])
    assert.deepEqual(tagged.tags, ['production'])
    assert.deepEqual((await Template.getTags(own('above'))).map(({ tag }) => tag).sort(), ['default', 'production', 'v1'])
    await Template.removeTags(own('above'), 'v1')
    await failure(Sandbox.create(`${own('above')}:v1`), undefined, /not found/)
    await fresh(t, `${own('above')}:production`)
  })

  promise('a failing step is named, its output is in the log, and no sandbox is left', async () => {
    const lines = []
    const template = Template().fromBaseImage().runCmd('echo fine').runCmd('echo about to fail >&2; exit 3')
    await failure(build(template, 'fails', { onBuildLogs: (line) => lines.push(line.message) }), sdk.BuildError, /exit code 3/)
    assert.ok(lines.includes('about to fail'), lines.join('\n'))
    const running = await Sandbox.list().nextItems()
    assert.ok(running.every((sandbox) => sandbox.name !== own('fails')))
    await failure(Sandbox.create(own('fails')), undefined, /not found/)
    // as at E2B, the name is taken when a build is requested, a tag when its build is ready
    assert.equal(await Template.exists(own('fails')), true)
    assert.equal(await Template.exists(`${own('fails')}:default`), false)
  })

  promise('steps of an earlier build are reused unless the client forbids it', async (t) => {
    const steps = (last) => Template().fromBaseImage().setEnvs({ A: 'kept' }).runCmd('sleep 3; date +%s%N > slow').runCmd(last)
    const logOf = async (template, options) => {
      const lines = []
      await build(template, 'cached', { onBuildLogs: (line) => lines.push(line.message), ...options })
      return lines.join('\n')
    }
    assert.doesNotMatch(await logOf(steps('echo one > last')), /CACHED/)
    const before = await (await fresh(t, own('cached'))).files.read('slow')
    assert.match(await logOf(steps('echo $A > last')), /CACHED \[2\/3\] RUN sleep/)
    const second = await fresh(t, own('cached'))
    assert.equal(await second.files.read('slow'), before)
    assert.equal(await second.files.read('last'), 'kept\n')
    assert.doesNotMatch(await logOf(steps('echo $A > last'), { skipCache: true }), /CACHED/)
    assert.notEqual(await (await fresh(t, own('cached'))).files.read('slow'), before)
  })

  promise('rebuilding or deleting a template does not change sandboxes made from it', async (t) => {
    const first = await build(Template().fromBaseImage().runCmd('true'), 'anew')
    const sandbox = await fresh(t, own('anew'))
    await build(Template().fromBaseImage().runCmd('true; true'), 'anew')
    const { templateId, name } = await sandbox.getInfo()
    assert.deepEqual([templateId, name], [first.templateId, own('anew')])
    const { json } = await api(context.server, context.key, 'GET', `/v2/sandboxes?template=${own('anew')}`)
    assert.deepEqual(json.map(({ sandboxID }) => sandboxID), [sandbox.sandboxId])
    await api(context.server, context.key, 'DELETE', `/templates/${first.templateId}`)
    assert.equal((await sandbox.getInfo()).templateId, first.templateId)
  })

  promise('a template is built from a Dockerfile', async (t) => {
    await build(Template().fromDockerfile('FROM e2bdev/base\nENV A=1\nWORKDIR /srv/d\nRUN echo $A > one\n'), 'dockerfile')
    assert.equal((await (await fresh(t, own('dockerfile'))).commands.run('cat /srv/d/one')).stdout, '1\n')
  })

  promise('a start command that is never ready fails the build', async () => {
    const template = Template().fromBaseImage().setStartCmd('echo no server here; exit 4', waitForPort(8000))
    await failure(build(template, 'unready'), sdk.BuildError, /exit code 4[^]*no server here/)
  })
})
