import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'

/** The domain of the certificate. All names below `localhost` are this machine (RFC 6761, `loopback.mjs`). */
const NAME = 'sbx.localhost'

/** Terminates TLS in front of a server, as stunnel does, for clients that insist on https and host names. */
export class TlsFront {
  #listener
  #connections = new Set()
  #target

  /** Starts a front on any free port. Connections fail until `leadTo` has set the target. */
  static async start() {
    const front = new TlsFront()
    front.#listener = tls.createServer(selfSigned(), (client) => front.#forward(client))
    front.#listener.on('tlsClientError', () => undefined)
    await new Promise((resolve, reject) => front.#listener.on('error', reject).listen(0, '127.0.0.1', resolve))
    return front
  }

  leadTo(port) {
    this.#target = port
  }

  /** The domain to give to a client in place of E2B's. */
  get domain() {
    return `${NAME}:${this.#listener.address().port}`
  }

  #forward(client) {
    const server = net.connect(this.#target, '127.0.0.1')
    for (const connection of [client, server]) {
      this.#connections.add(connection)
      connection.on('error', () => undefined) // 'close' follows and ends both
      connection.on('close', () => {
        this.#connections.delete(connection)
        client.destroy()
        server.destroy()
      })
    }
    client.pipe(server).pipe(client)
  }

  async close() {
    for (const connection of this.#connections) connection.destroy()
    await new Promise((resolve) => this.#listener.close(resolve))
  }
}

/** Makes a self-signed certificate that is valid for a day. */
function selfSigned() {
  const directory = mkdtempSync(join(tmpdir(), 'sbx-tls-'))
  try {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(directory, name))
    const names = `subjectAltName=DNS:*.${NAME},DNS:${NAME}`
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const args = ['req', '-x509', ...kind, '-subj', `/CN=${NAME}`, '-addext', names, '-days', '1', '-keyout', key, '-out', cert]
    execFileSync('openssl', args, { stdio: 'pipe' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
