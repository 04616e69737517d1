// Plain HTTP requests to the server under test, with headers that SDKs can't send.
import http from 'node:http'

/** Sends a request and returns `{ status, headers, bytes, body, json() }`. `host` replaces the Host header. */
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

/** Sends a request and returns the response when its head has arrived. The caller reads the body. */
export function open(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, { method, headers, agent: false }, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Returns the headers that address a port of a sandbox. Default: envd's port. */
export const toSandbox = (sandbox, port = 49983) => ({
  'E2b-Sandbox-Id': sandbox.sandboxId,
  'E2b-Sandbox-Port': String(port),
})

/** Makes a unary Connect call as the Python SDK does, and returns `{ status, json }`. */
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

/** Makes a JSON call to the control plane, and returns `{ status, headers, json }`. */
export async function api(server, key, method, path, body) {
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
  const answer = await request(server.url + path, {
    method,
    headers: { ...(key && { 'X-API-KEY': key }), ...(text && { 'Content-Type': 'application/json' }) },
    body: text,
  })
  return { status: answer.status, headers: answer.headers, json: answer.body ? answer.json() : undefined }
}
