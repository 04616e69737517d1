// A server without sandboxes that answers the SDK's requests at once, so that only the client's own time is measured.
// Prints "listening on URL" and ends when its input does.
import { createServer } from 'node:http'

const SANDBOX = { templateID: 'base', sandboxID: 'hollow', clientID: 'hollow', envdVersion: '0.6.13' }
const EVENTS = [
  { start: { pid: 2 } },
  { data: { stdout: Buffer.from('Python 3\n').toString('base64') } },
  { end: { exited: true, status: 'exit status 0' } },
]

function envelope(message, flags = 0) {
  const body = Buffer.from(JSON.stringify(message))
  const head = Buffer.alloc(5)
  head.writeUInt8(flags)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

function answer(request, response) {
  if (request.url.endsWith('/process.Process/Start')) {
    response.writeHead(200, { 'Content-Type': 'application/connect+json' })
    response.end(Buffer.concat([...EVENTS.map((event) => envelope({ event })), envelope({}, 2)]))
  } else if (request.method === 'DELETE') {
    response.writeHead(204).end()
  } else {
    response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify(SANDBOX))
  }
}

const server = createServer((request, response) => request.on('end', () => answer(request, response)).resume())
server.keepAliveTimeout = 0 // none: the server ends with its client
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`))
process.stdin.on('end', () => process.exit()).resume()
