// Makes every connection or look-up fail that would leave this machine. This file is loaded first, both here and in the clients that
// tests start.
import dns from 'node:dns'
import net from 'node:net'

const LOOPBACK = /^((.+\.)?localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i

/** The other hosts that some code tried to reach, even if it ignored the error. */
export const escapes = []

function refuse(host) {
  const error = new Error(`this suite talks to loopback only, not to ${host}`)
  error.code = 'ELOOPBACKONLY'
  escapes.push(String(host))
  return error
}

/** Maps names below localhost to localhost, since not every resolver knows them. */
const known = (host) => (/\.localhost$/i.test(host) ? 'localhost' : host)

const isLoopback = (host) => host === undefined || host === null || host === '' || LOOPBACK.test(host)

/** Returns the host in the arguments of connect. Node's own modules pass them as one normalized array. */
function target(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null) return first.path ? undefined : first.host
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined // a Unix socket
  return typeof second === 'string' ? second : undefined
}

// Redirects other connections to a local port where nothing listens, so that the caller sees an ordinary failure.
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const host = target(args)
  if (isLoopback(host)) return connect.apply(this, args)
  refuse(host)
  return connect.call(this, { host: '127.0.0.1', port: 1 })
}

const lookup = dns.lookup
dns.lookup = function (host, ...rest) {
  if (isLoopback(host)) return lookup.call(dns, known(host), ...rest)
  const error = refuse(host)
  process.nextTick(rest.at(-1), error)
}

const promised = dns.promises.lookup
dns.promises.lookup = async function (host, ...rest) {
  if (!isLoopback(host)) throw refuse(host)
  return promised.call(dns.promises, known(host), ...rest)
}
