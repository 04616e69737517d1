/** The command line: one class per command; {@link dev.sandboxer.cli.Main} puts them together. */
@NullMarked
package dev.sandboxer.cli;

import org.jspecify.annotations.NullMarked;
