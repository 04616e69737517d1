/**
 * A reverse proxy from our HTTP server to a byte stream into a sandbox: HTTP/1.1 inside, whatever the client speaks
 * outside. {@link dev.sandboxer.http.ports.PortForwarder} is the way in.
 *
 * <p>Both sides are hostile. Nothing is copied from one to the other that could change where a message ends: heads are
 * parsed, checked and generated anew, bodies framed by us. A message that did not end well on one side never looks
 * complete on the other.
 */
@NullMarked
package dev.sandboxer.http.ports;

import org.jspecify.annotations.NullMarked;
