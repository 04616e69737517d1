/** The messages between E2B's daemon inside a sandbox and its clients, for both sides. */
@NullMarked
package dev.sandboxer.protocol.e2b;

import org.jspecify.annotations.NullMarked;
