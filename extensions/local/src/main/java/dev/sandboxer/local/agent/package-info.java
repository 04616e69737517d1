/**
 * Talks to the agent inside a sandbox: connections, frames, and on top of them processes, files, ports and watches.
 *
 * <p>The protocol is described in {@code docs/agent-protocol.md}. The agent may be hostile: every frame is bounded in size
 * and every call in time.
 */
@NullMarked
package dev.sandboxer.local.agent;

import org.jspecify.annotations.NullMarked;
