/** The parts that all commands share: arguments, installation, failures and signals. */
@NullMarked
package dev.sandboxer.cli.command;

import org.jspecify.annotations.NullMarked;
