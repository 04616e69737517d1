/** Fake clouds: our own servers, with planned faults, in the place of E2B's and Modal's clouds. */
@NullMarked
package dev.sandboxer.fakecloud;

import org.jspecify.annotations.NullMarked;
