/** The commands that run processes in sandboxes and show them. */
@NullMarked
package dev.sandboxer.cli.sandboxes.process;

import org.jspecify.annotations.NullMarked;
