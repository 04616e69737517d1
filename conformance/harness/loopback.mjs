// Loaded before anything else, here and in the clients that we start: whoever wants to leave this machine fails.
import dns from 'node:dns'
import net from 'node:net'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i

/** What wanted to leave, also when the caller swallowed the error. */
export const escapes = []

function refuse(host) {
  const error = new Error(`this suite talks to loopback only, not to ${host}`)
  error.code = 'ELOOPBACKONLY'
  escapes.push(String(host))
  return error
}

const isLoopback = (host) => host === undefined || host === null || host === '' || LOOPBACK.test(host)

/** The arguments of connect, which node's own modules pass as one array already normalized. */
function target(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null) return first.path ? undefined : first.host
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined // a Unix socket
  return typeof second === 'string' ? second : undefined
}

// Led to a port of this machine where nobody listens, so that the connection fails as connections do.
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const host = target(args)
  if (isLoopback(host)) return connect.apply(this, args)
  refuse(host)
  return connect.call(this, { host: '127.0.0.1', port: 1 })
}

const lookup = dns.lookup
dns.lookup = function (host, ...rest) {
  if (isLoopback(host)) return lookup.call(dns, host, ...rest)
  const error = refuse(host)
  process.nextTick(rest.at(-1), error)
}

const promised = dns.promises.lookup
dns.promises.lookup = async function (host, ...rest) {
  if (!isLoopback(host)) throw refuse(host)
  return promised.call(dns.promises, host, ...rest)
}
