// What SDKs can't send by themselves: plain requests, with any header, to the server under test.
import http from 'node:http'

/** `{ status, headers, body, json() }` of a request; `host` replaces the Host header. */
export async function request(url, { method = 'GET', headers = {}, body, host } = {}) {
  const response = await open(url, { method, headers: host ? { ...headers, host } : headers, body })
  const chunks = []
  for await (const chunk of response) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  return {
    status: response.statusCode,
    headers: response.headers,
    bytes,
    body: bytes.toString(),
    json: () => JSON.parse(bytes.toString()),
  }
}

/** The response as soon as its head is there; its body is still to be read. */
export function open(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, { method, headers, agent: false }, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The headers that lead to a port of a sandbox, envd's when none is named. */
export const toSandbox = (sandbox, port = 49983) => ({
  'E2b-Sandbox-Id': sandbox.sandboxId,
  'E2b-Sandbox-Port': String(port),
})

/** A unary Connect call as the Python SDK makes it: `{ status, json }`. */
export async function call(server, sandbox, method, message, headers = {}) {
  const answer = await request(`${server.url}/${method}`, {
    method: 'POST',
    headers: {
      ...toSandbox(sandbox),
      'X-Access-Token': sandbox.envdAccessToken,
      'Content-Type': 'application/json',
      'Connect-Protocol-Version': '1',
      ...headers,
    },
    body: JSON.stringify(message),
  })
  const isJson = answer.headers['content-type']?.startsWith('application/json')
  return { status: answer.status, json: isJson ? answer.json() : undefined }
}

/** A JSON call of the control plane. */
export async function api(server, key, method, path, body) {
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
  const answer = await request(server.url + path, {
    method,
    headers: { ...(key && { 'X-API-KEY': key }), ...(text && { 'Content-Type': 'application/json' }) },
    body: text,
  })
  return { status: answer.status, headers: answer.headers, json: answer.body ? answer.json() : undefined }
}
