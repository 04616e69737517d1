/**
 * E2B's API as its official clients speak it: the control plane over REST, the data plane over Connect and plain HTTP. All that
 * is specific to E2B's wire is here; what it means is decided elsewhere.
 */
@NullMarked
package dev.sandboxer.http.e2b;

import org.jspecify.annotations.NullMarked;
