/** A fake Modal: our own gRPC front door with planned faults. */
@NullMarked
package dev.sandboxer.fakecloud.modal;

import org.jspecify.annotations.NullMarked;
