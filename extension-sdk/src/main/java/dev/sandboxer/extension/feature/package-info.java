/**
 * Optional features of a backend, such as pauses and snapshots. {@link dev.sandboxer.extension.Backend} returns the ones that it has;
 * {@link dev.sandboxer.extension.Capability} names them.
 */
@NullMarked
package dev.sandboxer.extension.feature;

import org.jspecify.annotations.NullMarked;
