/** Fake clouds: our own front doors with planned faults, in the role of somebody else's cloud. */
@NullMarked
package dev.sandboxer.fakecloud;

import org.jspecify.annotations.NullMarked;
