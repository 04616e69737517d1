/**
 * Sandboxes on this machine: bubblewrap is the boundary, a small static agent is the sandbox's first process.
 *
 * <p>A sandbox is a directory below the extension's own, named by its tag; everything known about it is in there, so any
 * later process can use and end it. The agent's protocol is described in {@code docs/agent-protocol.md}.
 */
@NullMarked
package dev.sandboxer.local;

import org.jspecify.annotations.NullMarked;
