package dev.sandboxer.cli.command;

import dev.sandboxer.cli.terminal.Console;

/** What commands work with. */
public record Context(Installation installation, Console console) {}
