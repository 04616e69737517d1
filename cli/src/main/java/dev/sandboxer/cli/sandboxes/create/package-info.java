/** The command that creates sandboxes, and the options that describe one. */
@NullMarked
package dev.sandboxer.cli.sandboxes.create;

import org.jspecify.annotations.NullMarked;
