/**
 * E2B's control plane over REST: routes that create, list, extend, pause and end sandboxes, and those for templates, snapshots,
 * networks, metrics and logs. The package {@code lifecycle} makes the decisions.
 */
@NullMarked
package dev.sandboxer.http.e2b.control;

import org.jspecify.annotations.NullMarked;
