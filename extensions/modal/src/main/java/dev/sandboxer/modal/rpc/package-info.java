/** Calls over gRPC: channels, deadlines, retries, and what a status means. Knows no sandbox. */
@NullMarked
package dev.sandboxer.modal.rpc;

import org.jspecify.annotations.NullMarked;
