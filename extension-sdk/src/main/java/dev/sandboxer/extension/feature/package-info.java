/**
 * Optional features of a backend, such as pauses and snapshots. A {@link dev.sandboxer.extension.Backend} implements the interfaces of the
 * features that it has; {@link dev.sandboxer.extension.Capability} names them.
 */
@NullMarked
package dev.sandboxer.extension.feature;

import org.jspecify.annotations.NullMarked;
