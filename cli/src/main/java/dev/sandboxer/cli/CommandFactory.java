package dev.sandboxer.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Hands every command the installation and the console it works with. */
record CommandFactory(Installation installation, Console console) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
        if (SandboxerCommand.class.isAssignableFrom(type)) {
            var command = (SandboxerCommand) type.getDeclaredConstructor().newInstance();
            command.installation = installation;
            command.console = console;
            return type.cast(command);
        }
        return CommandLine.defaultFactory().create(type);
    }
}
