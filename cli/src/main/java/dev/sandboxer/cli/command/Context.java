package dev.sandboxer.cli.command;

import dev.sandboxer.cli.terminal.Console;

/** What a command works with. */
public record Context(Installation installation, Console console) {}
