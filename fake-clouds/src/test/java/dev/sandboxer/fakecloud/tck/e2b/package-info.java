/** The test kit for {@code ext.e2b} against our own server in the role of E2B. */
@NullMarked
package dev.sandboxer.fakecloud.tck.e2b;

import org.jspecify.annotations.NullMarked;
