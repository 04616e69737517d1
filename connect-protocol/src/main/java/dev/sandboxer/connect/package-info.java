/**
 * The Connect protocol's envelopes, errors and timeouts, for servers and clients, over any byte streams. Independent of sandboxes, HTTP
 * libraries and message types. Compression is refused.
 */
@NullMarked
package dev.sandboxer.connect;

import org.jspecify.annotations.NullMarked;
