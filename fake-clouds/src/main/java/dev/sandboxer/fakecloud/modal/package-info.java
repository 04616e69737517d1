/** A stand-in for Modal: our own gRPC front door with a plan of faults in front. */
@NullMarked
package dev.sandboxer.fakecloud.modal;

import org.jspecify.annotations.NullMarked;
