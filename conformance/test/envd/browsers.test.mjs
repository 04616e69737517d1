import assert from 'node:assert/strict'
import { promise, useServer } from '../../harness/suite.mjs'
import { api, request, toSandbox } from '../../harness/wire.mjs'

const context = useServer()
const Origin = 'https://page.example.test'

/** Sends a preflight request as a browser does: without a key and without a sandbox id. */
const preflight = (path, method, names) =>
  request(context.server.url + path, {
    method: 'OPTIONS',
    headers: { Origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': names },
  })

const allows = (answer, method, names) => {
  assert.equal(answer.headers['access-control-allow-origin'], '*')
  assert.equal(answer.headers['access-control-allow-credentials'], undefined)
  assert.match(answer.headers['access-control-allow-methods'], new RegExp(`\\b${method}\\b`))
  const allowed = answer.headers['access-control-allow-headers'].toLowerCase().split(/, ?/)
  for (const name of names.split(',')) assert.ok(allowed.includes(name), name)
}

promise('a page of any origin may call the routes that the SDK calls', async () => {
  const names = 'connect-protocol-version,connect-timeout-ms,content-type,e2b-sandbox-id,e2b-sandbox-port,x-access-token'
  for (const [path, method, wanted] of [
    ['/process.Process/Start', 'POST', names],
    ['/filesystem.Filesystem/Stat', 'POST', names],
    ['/files?username=user&path=x', 'GET', 'e2b-sandbox-id,e2b-sandbox-port,x-access-token'],
    ['/files?username=user&path=x&signature=v1_abc', 'POST', 'content-type'],
    ['/v2/sandboxes', 'POST', 'content-type,x-api-key,lang,package_version,publisher,sdk_runtime,system'],
    ['/sandboxes/abc', 'DELETE', 'x-api-key'],
  ]) {
    const answer = await preflight(path, method, wanted)
    assert.equal(answer.status, 204, path)
    allows(answer, method, wanted)
  }
})

promise('a page of any origin may read the responses, also those to signed URLs and refused requests', async () => {
  const { json } = await api(context.server, context.key, 'POST', '/v2/sandboxes', { templateID: 'base' })
  const sandbox = { sandboxId: json.sandboxID }
  const answers = [
    await request(`${context.server.url}/v2/sandboxes`, { headers: { Origin, 'X-API-KEY': context.key } }),
    await request(`${context.server.url}/v2/sandboxes`, { headers: { Origin } }),
    await request(`${context.server.url}/files?path=/etc/passwd`, { headers: { Origin, ...toSandbox(sandbox), 'X-Access-Token': json.envdAccessToken } }),
    await request(`${context.server.url}/files?path=/etc/passwd`, { headers: { Origin, ...toSandbox(sandbox) } }),
    await request(`${context.server.url}/files?path=/etc/passwd&signature=v1_wrong`, { headers: { Origin } }),
    await request(`${context.server.url}/health`, { headers: { Origin, ...toSandbox(sandbox) } }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401, 200, 401, 401, 204],
  )
  for (const { headers } of answers) assert.equal(headers['access-control-allow-origin'], '*')
  await api(context.server, context.key, 'DELETE', `/sandboxes/${json.sandboxID}`)
})

promise('a page of another origin can’t call our own API', async () => {
  for (const path of ['/api/v1/profiles', '/metrics', '/openapi.yaml']) {
    const answer = await request(context.server.url + path, { headers: { Origin, 'X-API-KEY': context.key } })
    assert.equal(answer.headers['access-control-allow-origin'], undefined, path)
    assert.equal((await preflight(path, 'GET', 'x-api-key')).headers['access-control-allow-origin'], undefined, path)
  }
})
