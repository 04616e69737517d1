/**
 * Connections to where a backend's sandboxes are reached over HTTP: {@link dev.sandboxer.http.passage.Origins} is the way in.
 * Over each go the requests for one port of one sandbox only: what a hostile server might do to a connection, it does to itself.
 */
@NullMarked
package dev.sandboxer.http.passage;

import org.jspecify.annotations.NullMarked;
