/** What every command is made of: its arguments, its installation, how it fails and how a signal ends it. */
@NullMarked
package dev.sandboxer.cli.command;

import org.jspecify.annotations.NullMarked;
