package dev.sandboxer.cli;

/** What commands work with. */
record Context(Installation installation, Console console) {}
