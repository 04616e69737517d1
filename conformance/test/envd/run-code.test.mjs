import assert from 'node:assert/strict'
import { NotFoundError, Template } from '@e2b/code-interpreter'
import { Inbox } from '../../harness/inbox.mjs'
import { installKernel, interpreters } from '../../harness/interpreter.mjs'
import { failure, promise, useServer } from '../../harness/suite.mjs'

const { shared, fresh } = interpreters(useServer())

promise('an execution sees the state of the previous one', async () => {
  const sandbox = await shared()
  const first = await sandbox.runCode('import math\ndef twice(n): return 2 * n\nkept = [1]')
  assert.equal(first.text, undefined)
  const second = await sandbox.runCode('kept.append(twice(math.floor(21.5)))\nkept')
  assert.equal(second.text, '[1, 42]')
  assert.equal(second.error, undefined)
  assert.equal(second.executionCount, first.executionCount + 1)
})

promise('output arrives while the code runs', async () => {
  const sandbox = await shared()
  const [out, err] = [new Inbox(), new Inbox()]
  const running = sandbox.runCode(
    `import os, sys, time
print('before ü')
print('careful', file=sys.stderr)
while not os.path.exists('go-on'): time.sleep(0.05)
print('after')`,
    { onStdout: ({ line }) => out.push(line), onStderr: ({ line, error }) => err.push(`${error} ${line}`) },
  )
  await out.untilText('before ü\n')
  await err.untilText('true careful\n')
  await sandbox.files.write('go-on', '')
  const { logs } = await running
  assert.equal(logs.stdout.join(''), 'before ü\nafter\n')
  assert.equal(logs.stderr.join(''), 'careful\n')
})

promise('output of commands is included, even if it is not valid UTF-8', async () => {
  const { logs, text } = await (await shared()).runCode(`import os, subprocess
subprocess.run(['sh', '-c', 'echo from a command; echo complaint >&2'])
os.system(r"printf 'bad \\377 byte\\n'; for i in $(seq 5000); do printf 'ä'; done; echo")
'the end'`)
  assert.equal(text, 'the end')
  assert.equal(logs.stdout.join(''), `from a command\nbad \ufffd byte\n${'ä'.repeat(5000)}\n`)
  assert.equal(logs.stderr.join(''), 'complaint\n')
})

promise('an error has its name, value and traceback, and the state is kept', async () => {
  const sandbox = await shared()
  const errors = []
  const { error, results } = await sandbox.runCode('before = 1\n{}["missing"]', { onError: (e) => errors.push(e.name) })
  assert.equal(error.name, 'KeyError')
  assert.equal(error.value, "'missing'")
  assert.match(error.traceback, /line 2\n[\s\S]*----> 2 \{\}\["missing"\]/)
  assert.doesNotMatch(error.traceback, /\x1b/)
  assert.deepEqual([results, errors], [[], ['KeyError']])
  assert.equal((await sandbox.runCode('def f(:')).error.name, 'SyntaxError')
  assert.equal((await sandbox.runCode('input()')).error.name, 'StdinNotImplementedError')
  assert.equal((await sandbox.runCode('import sys; sys.exit(3)')).error.name, 'SystemExit')
  assert.equal((await sandbox.runCode('before')).text, '1')
})

promise('results come in every format that the SDK knows, and in others', async () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII='
  const seen = []
  const { results, text } = await (await shared()).runCode(
    `import base64
from IPython.display import *
display(HTML('<b>bold</b>'), Markdown('*m*'), SVG('<svg/>'), Latex('$x$'), JSON({'a': [1, None]}), Javascript('go()'))
display(Image(data=base64.b64decode('${png}'), format='png'))
display({'image/jpeg': 'anBn', 'application/pdf': 'cGRm', 'application/x-mine': {'deep': 1}, 'e2b/chart': {'type': 'bar'}}, raw=True)
'main'`,
    { onResult: (result) => seen.push(result.formats().join()) },
  )
  assert.deepEqual(seen.slice(0, 7), ['html', 'markdown', 'svg', 'latex', 'json', 'javascript', 'png'])
  const [html, markdown, svg, latex, json, javascript, image, raw, main] = results
  assert.deepEqual([html.html, markdown.markdown, svg.svg, latex.latex], ['<b>bold</b>', '*m*', '<svg/>', '$x$'])
  assert.deepEqual([json.json, javascript.javascript], [{ a: [1, null] }, 'go()'])
  assert.equal(image.png.replaceAll('\n', ''), png)
  assert.deepEqual([raw.jpeg, raw.pdf, raw.chart, raw.raw.extra], ['anBn', 'cGRm', { type: 'bar' }, { 'application/x-mine': { deep: 1 } }])
  assert.ok(results.slice(0, -1).every((result) => !result.isMainResult))
  assert.deepEqual([main.isMainResult, main.text, text], [true, 'main', 'main'])
})

promise('tables and figures are results when their libraries are installed', async (t) => {
  const sandbox = await shared()
  const there = await sandbox.runCode("import importlib.util\nall(importlib.util.find_spec(n) for n in ('pandas', 'matplotlib'))")
  if (there.text !== 'True') return t.skip('python3-pandas and python3-matplotlib are not installed')
  const table = await sandbox.runCode("import pandas\npandas.DataFrame({'city': ['A', 'B'], 'size': [1.5, None], 'seen': pandas.to_datetime(['2026-01-02', '2026-01-03'])})")
  assert.match(table.results[0].html, /<table/)
  const { seen, ...columns } = table.results[0].data
  assert.deepEqual(columns, { city: ['A', 'B'], size: [1.5, null] })
  assert.match(seen[0], /^2026-01-02T/)
  const figure = await sandbox.runCode('import matplotlib.pyplot as plt\nplt.plot([1, 2], [3, 4])\nplt.show()')
  assert.equal(figure.error, undefined)
  assert.match(figure.results.find((result) => result.png).png, /^iVBOR/)
})

promise('code has the sandbox’s variables, and a call’s variables only during that call', async (t) => {
  const sandbox = await fresh(t, { envs: { COLOUR: 'dark blue', PLACE: 'sandbox' } })
  const ask = "import os\n[os.environ.get(name) for name in ('COLOUR', 'PLACE', 'ONCE')]"
  const envs = { PLACE: `the "call's" $PLACE ü`, ONCE: 'once' }
  assert.equal((await sandbox.runCode(ask)).text, "['dark blue', 'sandbox', None]")
  assert.equal((await sandbox.runCode(ask, { envs })).text, `['dark blue', 'the "call\\'s" $PLACE ü', 'once']`)
  assert.equal((await sandbox.runCode('1/0', { envs })).error.name, 'ZeroDivisionError')
  assert.equal((await sandbox.runCode(ask)).text, "['dark blue', 'sandbox', None]")
})

promise('each context has its own directory and variables', async () => {
  const sandbox = await shared()
  await sandbox.commands.run('mkdir -p project/deep && echo "answer = 42" > project/module_of_mine.py')
  const [one, other] = [await sandbox.createCodeContext({ cwd: '/home/user/project' }), await sandbox.createCodeContext({ language: 'python' })]
  assert.deepEqual([one.language, one.cwd, other.cwd], ['python', '/home/user/project', '/home/user'])
  assert.equal((await sandbox.runCode('import os, module_of_mine\nname = os.getcwd(), module_of_mine.answer\nname', { context: one })).text, "('/home/user/project', 42)")
  assert.equal((await sandbox.runCode('name', { context: other })).error.name, 'NameError')
  const listed = (await sandbox.listCodeContexts()).map((context) => context.id)
  assert.ok(listed.includes(one.id) && listed.includes(other.id))
  await sandbox.removeCodeContext(one)
  assert.ok(!(await sandbox.listCodeContexts()).some((context) => context.id === one.id))
  await failure(sandbox.runCode('1', { context: one }), NotFoundError, /context '.*' not found/)
  await failure(sandbox.removeCodeContext(one), NotFoundError, /context '.*' not found/)
  await failure(sandbox.createCodeContext({ cwd: '/nowhere' }), NotFoundError, /directory '\/nowhere' not found/)
  await sandbox.removeCodeContext(other.id)
})

promise('a language without a kernel is refused with a list of the installed ones', async () => {
  const sandbox = await shared()
  await failure(sandbox.runCode('1', { language: 'cobol' }), NotFoundError, /no kernel for language 'cobol'.*or use: .*python/)
  await failure(sandbox.createCodeContext({ language: 'fortran' }), NotFoundError, /or use: .*python/)
})

promise('an installed kernel runs its language, by its name and its aliases', async () => {
  const sandbox = await shared()
  await installKernel(sandbox, 'bash', 'bash_kernel.py')
  await sandbox.runCode('kept="in bash"; cd /tmp', { language: 'bash' })
  const { logs } = await sandbox.runCode('echo $kept $ONCE; pwd', { language: 'sh', envs: { ONCE: "it's" } })
  assert.equal(logs.stdout.join(''), "in bash it's\n/tmp\n")
  assert.equal((await sandbox.runCode('echo "[$ONCE]"', { language: 'bash' })).logs.stdout.join(''), '[]\n')
  const context = await sandbox.createCodeContext({ language: 'Bash', cwd: '/usr' })
  assert.equal(context.language, 'bash')
  assert.equal((await sandbox.runCode('pwd', { context })).logs.stdout.join(''), '/usr\n')
  await failure(sandbox.runCode('1', { language: 'cobol' }), NotFoundError, /or use: bash, python/)
})

promise('R and JavaScript run if a kernel is installed and are refused otherwise', async (t) => {
  const sandbox = await fresh(t)
  for (const [language, alias] of [['R', 'r'], ['javascript', 'js']]) {
    const name = language.toLowerCase()
    await failure(sandbox.runCode('1', { language: name }), NotFoundError, new RegExp(`no kernel for language '${name}' is installed here; install a Jupyter kernel for it, or use: .*python`))
    await failure(sandbox.createCodeContext({ language: alias }), NotFoundError, new RegExp(`no kernel for language '${alias}'`))
    await installKernel(sandbox, language, 'echo_kernel.py', language)
    const { logs } = await sandbox.runCode('1 + 1', { language: alias, envs: { ONCE: '1' } })
    assert.deepEqual(logs.stdout, [`${language} got 1 + 1`])
    const context = await sandbox.createCodeContext({ language: name })
    assert.equal(context.language, name)
    assert.deepEqual((await sandbox.runCode('x', { context })).logs.stdout, [`${language} got x`])
  }
  assert.deepEqual((await sandbox.runCode('let x: string', { language: 'typescript' }).catch((error) => error)).name, 'NotFoundError')
})

promise('executions of one context run in sequence, those of two contexts concurrently', async () => {
  const sandbox = await shared()
  await sandbox.runCode('import time\nsteps = []')
  const runs = [0, 1, 2, 3, 4].map((i) => sandbox.runCode(`steps.append(${i})\ntime.sleep(0.1)\nsteps.append(${i})\nprint(${i})`))
  assert.deepEqual((await Promise.all(runs)).map(({ logs }) => logs.stdout), [['0\n'], ['1\n'], ['2\n'], ['3\n'], ['4\n']])
  assert.equal((await sandbox.runCode('steps[0::2] == steps[1::2] and len(steps)')).text, '10')
  const other = await sandbox.createCodeContext()
  const waits = sandbox.runCode("import os, time\nwhile not os.path.exists('other-ran'): time.sleep(0.05)\n'met'")
  await sandbox.runCode("open('other-ran', 'w')", { context: other })
  assert.equal((await waits).text, 'met')
  await sandbox.removeCodeContext(other)
})

promise('a restarted context has lost its variables and kept its directory', async () => {
  const sandbox = await shared()
  const context = await sandbox.createCodeContext({ cwd: '/tmp' })
  const out = new Inbox()
  await sandbox.runCode('there = 1', { context })
  const running = sandbox.runCode("import time\nprint('runs')\ntime.sleep(1000)", { context, onStdout: ({ line }) => out.push(line) })
  await out.untilText('runs')
  await sandbox.restartCodeContext(context)
  assert.equal((await running).error.name, 'ContextRestarted')
  assert.equal((await sandbox.runCode('there', { context })).error.name, 'NameError')
  const after = await sandbox.runCode('import os\nos.getcwd()', { context })
  assert.deepEqual([after.text, after.logs.stderr], ['/tmp', []])
  await sandbox.removeCodeContext(context)
})

promise('a resumed sandbox keeps its kernel and its variables', async (t) => {
  const sandbox = await fresh(t)
  await sandbox.runCode('import threading, time\nsecret = object()\nbefore = id(secret)')
  await sandbox.pause()
  await sandbox.connect()
  assert.equal((await sandbox.runCode('id(secret) == before')).text, 'True')
})

promise('after a pause without memory, new kernels run on the same disk', async (t) => {
  const sandbox = await fresh(t)
  await sandbox.runCode("kept = 1\nopen('on-disk', 'w').write('kept')")
  await sandbox.pause({ keepMemory: false })
  await sandbox.connect()
  assert.equal((await sandbox.runCode('kept')).error.name, 'NameError')
  assert.equal((await sandbox.runCode("open('on-disk').read()")).text, 'kept')
})

promise('a fork runs code on its source’s disk, without its variables', async (t) => {
  const sandbox = await fresh(t)
  await sandbox.runCode("kept = 1\nopen('on-disk', 'w').write('kept')")
  const [fork] = await sandbox.fork()
  t.after(() => fork.kill())
  assert.equal((await fork.runCode('kept')).error.name, 'NameError')
  assert.equal((await fork.runCode("open('on-disk').read()")).text, 'kept')
})

promise('a template built on the code interpreter’s template runs code, too', async (t) => {
  await shared() // installs it
  await Template.build(Template().fromTemplate('code-interpreter-v1').runCmd('echo answer = 42 > /home/user/mine.py'), 'with-mine')
  const sandbox = await fresh(t, 'with-mine')
  assert.equal((await sandbox.runCode('import mine\nmine.answer')).text, '42')
})
