/**
 * A reverse proxy from our HTTP server to a byte stream into a sandbox. It speaks HTTP/1.1 to the sandbox, and the client's HTTP version to
 * the client. Start with {@link dev.sandboxer.http.ports.PortForwarder}.
 *
 * <p>Both sides may be hostile. Nothing is copied from one to the other that could change where a message ends: heads are
 * parsed, checked and generated anew, bodies are framed anew. A message that is cut on one side never looks complete on the other.
 */
@NullMarked
package dev.sandboxer.http.ports;

import org.jspecify.annotations.NullMarked;
