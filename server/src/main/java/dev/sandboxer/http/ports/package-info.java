/**
 * A reverse proxy from our HTTP server to a byte stream into a sandbox. It speaks HTTP/1.1 inside, and whatever the client speaks
 * outside. Start with {@link dev.sandboxer.http.ports.PortForwarder}.
 *
 * <p>Both sides are hostile. Nothing is copied from one to the other that could change where a message ends: heads are
 * parsed, checked and generated anew, bodies are framed by us. A message that breaks off on one side never looks complete on the
 * other.
 */
@NullMarked
package dev.sandboxer.http.ports;

import org.jspecify.annotations.NullMarked;
