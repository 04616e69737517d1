/**
 * E2B's API as its official clients speak it. {@code edge} has what all requests share, {@code control} the control plane,
 * {@code envd} the daemon in each sandbox, {@code template} the building of templates. These packages only translate E2B's
 * protocol; the decisions are made in {@code lifecycle} and its neighbours.
 */
@NullMarked
package dev.sandboxer.http.e2b;

import org.jspecify.annotations.NullMarked;
