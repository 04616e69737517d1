/** The adapter for E2B against scripted servers: errors, faults and limits that no real cloud shows on request. */
@NullMarked
package dev.sandboxer.e2b;

import org.jspecify.annotations.NullMarked;
