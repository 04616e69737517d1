/** What E2B's daemon inside a sandbox and its clients say to each other, for either side. */
@NullMarked
package dev.sandboxer.protocol.e2b;

import org.jspecify.annotations.NullMarked;
