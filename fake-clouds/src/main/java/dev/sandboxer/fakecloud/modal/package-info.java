/** A fake Modal: our own gRPC server for Modal's clients, with planned faults. */
@NullMarked
package dev.sandboxer.fakecloud.modal;

import org.jspecify.annotations.NullMarked;
