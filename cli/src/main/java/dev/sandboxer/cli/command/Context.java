package dev.sandboxer.cli.command;

import dev.sandboxer.cli.terminal.Console;

/** The installation and the console that a command works with. */
public record Context(Installation installation, Console console) {}
