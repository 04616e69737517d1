/** Standard input, output and error of this process, and the terminal behind them. */
@NullMarked
package dev.sandboxer.cli.terminal;

import org.jspecify.annotations.NullMarked;
