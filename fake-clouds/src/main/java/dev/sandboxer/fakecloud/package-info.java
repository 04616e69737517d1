/** Our own front doors in the part of somebody else's cloud, with a plan of faults in front. */
@NullMarked
package dev.sandboxer.fakecloud;

import org.jspecify.annotations.NullMarked;
