import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { destroyAllNow, leftovers, sandboxer, startSandboxer } from './program.mjs'

/** 1, or 2: tests talk to a second server, which forwards through ext.e2b to the one that runs the sandboxes. */
export const HOPS = Number(process.env.SANDBOXER_CONFORMANCE_HOPS ?? 1)

/**
 * true = each server has a peer on the same PostgreSQL database, and clients reach sandboxes through the peer, as if it were another host.
 * SANDBOXER_DATABASE_URL and SANDBOXER_MASTER_KEY_FILE name the database and the key file that all test files share.
 */
const PEERS = process.env.SANDBOXER_CONFORMANCE_PEERS === '1'

const START_LIMIT_MS = 120_000
const DRAIN_LIMIT_MS = 60_000
const LISTENING = /listening on (http:\/\/127\.0\.0\.1:\d+)/
const MODAL = /MODAL_SERVER_URL=(http:\/\/127\.0\.0\.1:\d+)/

/** The profiles and templates that tests need in addition to the built-in ones. */
const CONFIG = `templates:
  opencode: base
  mastra-*: ci
profiles:
  profile.ci:
    description: For the conformance suite
    images: ['node:*']
    route: [ext.local]
    templates:
      ext.local: base
    cpu: 500m
    memory: 256MiB
    disk: 256MiB
    ttl: 5m
    maxTtl: 1h
    network: deny
    env:
      FROM_PROFILE: profile
      ALSO_FROM_PROFILE: profile
  profile.open:
    description: With a network
    route: [ext.local]
    templates:
      ext.local: base
    cpu: 500m
    memory: 256MiB
    disk: 256MiB
    ttl: 5m
    maxTtl: 1h
    network: backend-default
  profile.tiny:
    description: Soon full
    route: [ext.local]
    templates:
      ext.local: base
    cpu: 500m
    memory: 128MiB
    disk: 64MiB
    ttl: 5m
    maxTtl: 1h
    network: deny
`

/** The same profiles for a server that forwards to another one. */
const CLOUD_CONFIG = `${CONFIG.replaceAll('ext.local', 'ext.e2b')
  .replace('ext.e2b: base\n    cpu: 500m\n    memory: 256MiB', 'ext.e2b: ci\n    cpu: 500m\n    memory: 256MiB')
  .replace('ext.e2b: base\n    cpu: 500m\n    memory: 128MiB', 'ext.e2b: tiny\n    cpu: 500m\n    memory: 128MiB')}  profile.base:
    route: [ext.e2b]
    templates:
      ext.e2b: base
    cpu: 1
    memory: 512MiB
    disk: 2GiB
    ttl: 15m
    maxTtl: 24h
    network: deny
`

/** The consumer that the command line acts for. */
export const LOCAL = 'local'

/** A variable in the server's environment. No sandbox may see it. */
export const CANARY = 'CONFORMANCE_CANARY'

/** `sandboxer serve` in its own home. */
export class Server {
  static #alive = new Set()

  #child
  #log = []
  #keys = new Map() // keys by consumer, without the local one
  #cloud // the server that this one forwards to
  #environment
  #peer // a server on the same database, through which clients reach sandboxes
  #options // options of the command besides the address

  constructor(home, cloud, environment = {}, options = []) {
    this.home = home
    this.#cloud = cloud
    this.#environment = environment
    this.#options = options
  }

  /** Starts a server in a new home on any free port. With two hops it also starts the server behind it. */
  static async start(hops = HOPS) {
    if (PEERS) return Server.#startWithPeer()
    if (hops === 1) return Server.#start(CONFIG)
    const cloud = await Server.#start(CONFIG)
    return Server.#start(CLOUD_CONFIG, cloud, cloud.environment((await cloud.createKey(LOCAL)).key))
  }

  /** Starts a server whose sandboxes have host names under a domain. Always one hop. */
  static async startUnder(domain) {
    return Server.#start(CONFIG, undefined, undefined, undefined, ['--domain', domain])
  }

  /** Starts a server that also serves Modal's API on any free port. Sets `modalUrl`. */
  static async startModal(config = CONFIG, environment = {}) {
    return Server.#start(config, undefined, environment, undefined, ['--modal-listen', '127.0.0.1:0'])
  }

  static async #startWithPeer() {
    const server = await Server.#start(CONFIG)
    server.#peer = await Server.#start(CONFIG, undefined, {}, join(server.home, 'master-key.json'))
    return server
  }

  static async #start(config, cloud, environment, masterKey, options) {
    const home = mkdtempSync(join(tmpdir(), 'sbx-conf-'))
    writeFileSync(join(home, 'config.yaml'), config)
    if (masterKey && existsSync(masterKey)) copyFileSync(masterKey, join(home, 'master-key.json'))
    const server = new Server(home, cloud, environment, options)
    Server.#alive.add(server)
    await server.listen('127.0.0.1:0')
    return server
  }

  /** The server that runs the sandboxes: this one, or the one to which it forwards. */
  get last() {
    return this.#cloud ?? this
  }

  /** Starts the process and waits until it listens. Sets `url`. */
  async listen(address) {
    this.#log = []
    const child = startSandboxer(this.home, ['serve', '--listen', address, ...this.#options], { [CANARY]: 'seen', ...this.#environment })
    this.#child = child
    createInterface({ input: child.stderr }).on('line', (line) => this.#log.push(line))
    this.url = await new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`sandboxer serve ${why}; its output:\n${this.#log.join('\n')}`))
      const timer = setTimeout(() => fail(`did not listen within ${START_LIMIT_MS} ms`), START_LIMIT_MS)
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#log.push(line)
        this.modalUrl = MODAL.exec(line)?.[1] ?? this.modalUrl
        const url = LISTENING.exec(line)?.[1]
        if (url) {
          clearTimeout(timer)
          resolve(url)
        }
      })
      child.on('error', (error) => fail(error.message))
      child.on('close', (code) => {
        clearTimeout(timer)
        fail(`ended with ${code}`)
      })
    })
  }

  get pid() {
    return this.#child.pid
  }

  get port() {
    return Number(new URL(this.url).port)
  }

  /** All lines that the running process has written. */
  get log() {
    return [...this.#log]
  }

  /** Creates an API key and returns `{ id, consumer, key }`. */
  async createKey(consumer) {
    const made = JSON.parse(await sandboxer(this.home, ['keys', 'create', '--consumer', consumer, '--json']))
    assert.equal(made.consumer, consumer)
    assert.match(made.key, /^e2b_[0-9a-f]+$/)
    if (consumer !== LOCAL) this.#keys.set(consumer, made.key)
    return made
  }

  /** Sets limits of a consumer. */
  async limit(consumer, ...limits) {
    await sandboxer(this.home, ['consumers', 'set', consumer, ...limits])
  }

  async revokeKey(id) {
    await sandboxer(this.home, ['keys', 'revoke', id])
  }

  /** Returns the environment variables that an unmodified client needs. */
  environment(key) {
    return { E2B_API_URL: this.url, E2B_SANDBOX_URL: (this.#peer ?? this).url, E2B_API_KEY: key }
  }

  /** Sends a signal to the process and waits until it ends. Returns the exit code or signal. */
  async end(signal) {
    const child = this.#child
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode
    const closed = new Promise((resolve) => child.once('close', (code, by) => resolve(code ?? by)))
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), DRAIN_LIMIT_MS)
    try {
      return await closed
    } finally {
      clearTimeout(timer)
    }
  }

  /** Ends the process by `signal`, then starts another one in the same home on the same address. */
  async restart(signal = 'SIGTERM') {
    const status = await this.end(signal)
    if (this.modalUrl) this.#options = ['--modal-listen', new URL(this.modalUrl).host]
    await this.listen(`127.0.0.1:${this.port}`)
    return status
  }

  /** Ends the server, which must drain and exit with 0, and removes its sandboxes and its home. */
  async close() {
    for (const key of this.#keys.values()) await this.#killAll(key)
    const status = await this.end('SIGTERM')
    await sandboxer(this.home, ['destroy', '--all'], this.#environment)
    assert.deepEqual(leftovers(this.home), [], 'sandboxes left behind')
    Server.#alive.delete(this)
    rmSync(this.home, { recursive: true, force: true })
    await this.#cloud?.close()
    await this.#peer?.close()
    assert.equal(status, 0, `after SIGTERM the server ended with ${status}; its output:\n${this.log.slice(-30).join('\n')}`)
  }

  /** Kills all sandboxes of a consumer. */
  async #killAll(key) {
    const headers = { 'X-API-KEY': key }
    const listed = await fetch(`${this.url}/v2/sandboxes`, { headers })
    for (const { sandboxID } of await listed.json()) {
      await fetch(`${this.url}/sandboxes/${sandboxID}`, { method: 'DELETE', headers })
    }
  }

  /** Kills all servers and their sandboxes synchronously, for the end of this process. */
  static abandonAll() {
    for (const server of Server.#alive) {
      server.#child?.kill('SIGKILL')
      if (!server.#cloud) destroyAllNow(server.home) // otherwise the server to which it forwards has the sandboxes
      rmSync(server.home, { recursive: true, force: true })
    }
    Server.#alive.clear()
  }
}

process.on('exit', () => Server.abandonAll())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))
