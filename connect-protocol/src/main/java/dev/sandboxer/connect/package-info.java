/**
 * The Connect protocol with JSON, as far as streams, errors and deadlines go: for a server and for a client, over any pair
 * of byte streams. Knows no sandbox, no HTTP library and no messages; compression is refused.
 */
@NullMarked
package dev.sandboxer.connect;

import org.jspecify.annotations.NullMarked;
