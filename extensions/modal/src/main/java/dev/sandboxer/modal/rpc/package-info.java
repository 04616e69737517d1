/** Calls over gRPC: channels, deadlines, retries, and the mapping of statuses. Knows nothing about sandboxes. */
@NullMarked
package dev.sandboxer.modal.rpc;

import org.jspecify.annotations.NullMarked;
