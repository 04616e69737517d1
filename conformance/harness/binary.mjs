// Clients that send binary Protobuf, as Go and Rust clients do. The official Connect library makes them from the definitions in the
// official SDK.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileDesc } from '@bufbuild/protobuf/codegenv2'
import { file_google_protobuf_timestamp } from '@bufbuild/protobuf/wkt'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-web'
import { toSandbox } from './wire.mjs'

/** Returns the description of a service of the daemon, such as `process.Process`. The SDK's source has it in base64. */
function service(name) {
  const source = readFileSync(createRequire(import.meta.url).resolve('e2b'), 'utf8')
  for (const [, base64] of source.matchAll(/fileDesc\)?\("([^"]+)"/g)) {
    const found = fileDesc(base64, [file_google_protobuf_timestamp]).services.find((one) => one.typeName === name)
    if (found) return found
  }
  throw new Error(`the SDK has no description of ${name}`)
}

/** Returns a client of one of a sandbox's services. */
export function binaryClient(server, sandbox, name) {
  const headers = Object.entries({ ...toSandbox(sandbox), 'X-Access-Token': sandbox.envdAccessToken })
  const authorized = (next) => (request) => {
    for (const [header, value] of headers) request.header.set(header, value)
    return next(request)
  }
  return createClient(
    service(name),
    createConnectTransport({ baseUrl: server.url, useBinaryFormat: true, interceptors: [authorized] }),
  )
}
