/** The adapter for E2B against a cloud that speaks E2B's protocol: our own server. */
@NullMarked
package dev.sandboxer.fakecloud.tck;

import org.jspecify.annotations.NullMarked;
