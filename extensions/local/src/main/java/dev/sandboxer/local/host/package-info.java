/**
 * The host's side of isolation: checks of the host, control groups, the launcher, and the options of bubblewrap.
 *
 * <p>This package does not read a sandbox's stored state and does not talk to an agent.
 */
@NullMarked
package dev.sandboxer.local.host;

import org.jspecify.annotations.NullMarked;
