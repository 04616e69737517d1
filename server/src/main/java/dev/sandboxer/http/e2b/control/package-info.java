/**
 * E2B's control plane over REST: routes that make, list, extend, pause and end sandboxes, and those for templates, snapshots,
 * networks, metrics and logs. Decides nothing itself; the package {@code lifecycle} does.
 */
@NullMarked
package dev.sandboxer.http.e2b.control;

import org.jspecify.annotations.NullMarked;
