/** The command line, with one class per command. {@link dev.sandboxer.cli.Main} lists the commands. */
@NullMarked
package dev.sandboxer.cli;

import org.jspecify.annotations.NullMarked;
