/**
 * The client of the agent inside a sandbox: connections and frames, and on top of them processes, files, ports and watches.
 *
 * <p>{@code docs/agent-protocol.md} describes the protocol. The agent may be hostile: each frame is limited in size, and each call in time.
 */
@NullMarked
package dev.sandboxer.local.agent;

import org.jspecify.annotations.NullMarked;
